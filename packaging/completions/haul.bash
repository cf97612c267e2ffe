# Completion of haul(1) for bash. Tasks and sessions come from the daemon, which
# is asked with a short patience and for so many that a menu still helps.

# _haul_daemon ARGUMENT...: asks the daemon on the bus that the line names.
_haul_daemon() {
    local word bus=()
    for word in "${COMP_WORDS[@]}"; do
        [[ $word == --bus=* ]] && bus=("$word")
    done
    timeout 1 haul "${bus[@]}" "$@" 2>/dev/null | head -n 200
}

# _haul_tasks [STATE]...: numbers of tasks, in these states where some are given.
_haul_tasks() {
    local state
    [ $# -gt 0 ] || set -- ""
    for state in "$@"; do
        _haul_daemon list ${state:+--state="$state"} | awk 'NR > 1 { print $1 }'
    done
}

_haul_sessions() {
    _haul_daemon sessions | awk 'NR > 1 { $1 = $2 = $3 = ""; sub(/^ +/, ""); print }'
}

_haul_states="suspended waiting running publishing finished failed cancelled"

# _haul_value OPTION: candidates for an option's value; fails for an option that has none.
_haul_value() {
    case $1 in
        --bus) COMPREPLY=($(compgen -W "session system unix:path=" -- "$cur")) ;;
        --state) COMPREPLY=($(compgen -W "$_haul_states" -- "$cur")) ;;
        --redirects) COMPREPLY=($(compgen -W "follow same-origin deny" -- "$cur")) ;;
        -s | --session)
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(_haul_sessions)" -- "$cur"))
            ;;
        -o | --output | --ca-file)
            compopt -o filenames
            COMPREPLY=($(compgen -f -- "$cur"))
            ;;
        -H | --header | --retries | --retry-delay | --retry-delay-max | --request-timeout | --timeout | --priority | \
            --description | --max-size | --expected-size | --delay | --mode | --token)
            COMPREPLY=()
            ;;
        *) return 1 ;;
    esac
}

_haul() {
    local cur prev words cword split command="" word
    _init_completion -s -n : || return

    for word in "${words[@]:1:cword-1}"; do
        case $word in
            get | list | show | wait | suspend | resume | cancel | remove | events | sessions | version)
                command=$word
                break
                ;;
        esac
    done

    _haul_value "$prev" && return
    $split && return

    if [[ $cur == -* ]]; then
        local options="--bus= --json --help"
        case $command in
            "") options+=" --version" ;;
            get)
                options+=" --output= --replace --rename --session= --detach --quiet --header= --retries= --retry-delay="
                options+=" --retry-delay-max= --request-timeout= --timeout= --priority= --redirects= --ca-file="
                options+=" --description= --max-size= --expected-size= --delay= --mode= --token="
                ;;
            list) options+=" --state= --session= --long" ;;
            wait) options+=" --quiet" ;;
            events) options+=" --session= --ack --follow" ;;
        esac
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
        [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
        return
    fi

    local candidates=""
    case $command in
        "") candidates="get list show wait suspend resume cancel remove events sessions version" ;;
        show) candidates=$(_haul_tasks) ;;
        wait) candidates=$(_haul_tasks suspended waiting running publishing) ;;
        suspend) candidates=$(_haul_tasks waiting running) ;;
        resume) candidates=$(_haul_tasks suspended) ;;
        cancel) candidates=$(_haul_tasks suspended waiting running) ;;
        remove) candidates=$(_haul_tasks finished failed cancelled) ;;
    esac
    COMPREPLY=($(compgen -W "$candidates" -- "$cur"))
}

complete -F _haul haul
