include_guard()
include(GoogleTest)

# haul_discover_tests(TARGET PREFIX): each test of a GoogleTest program is one of ctest's. Under a sanitizer, where a
# start takes longer than most tests, the program is one of ctest's instead.
function(haul_discover_tests target prefix)
  if(HAUL_SANITIZE)
    add_test(NAME ${prefix}all COMMAND ${target})
    set_tests_properties(${prefix}all PROPERTIES TIMEOUT 600)
  else()
    gtest_discover_tests(${target} TEST_PREFIX ${prefix} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 60)
  endif()
endfunction()
