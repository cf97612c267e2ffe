# Completion of hauld(8) for bash.

_hauld() {
    local cur prev words cword split
    _init_completion -s -n : || return

    case $prev in
        --bus)
            COMPREPLY=($(compgen -W "session system unix:path=" -- "$cur"))
            return
            ;;
        --log-level)
            COMPREPLY=($(compgen -W "trace debug info warn error" -- "$cur"))
            return
            ;;
        --state-dir)
            compopt -o filenames
            COMPREPLY=($(compgen -d -- "$cur"))
            return
            ;;
        --config)
            compopt -o filenames
            COMPREPLY=($(compgen -f -- "$cur"))
            return
            ;;
    esac
    $split && return

    COMPREPLY=($(compgen -W "--bus= --state-dir= --config= --log-level= --check-work --version --help" -- "$cur"))
    [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
}

complete -F _hauld hauld
