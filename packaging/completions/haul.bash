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
        --if-exists) COMPREPLY=($(compgen -W "fail replace rename" -- "$cur")) ;;
        -X | --method) COMPREPLY=($(compgen -W "PUT POST PATCH" -- "$cur")) ;;
        --snapshot) COMPREPLY=($(compgen -W "auto copy never" -- "$cur")) ;;
        --resumable) COMPREPLY=($(compgen -W "auto ietf tus content-range s3 off" -- "$cur")) ;;
        --interop) COMPREPLY=($(compgen -W "3 4 5 6 8" -- "$cur")) ;;
        --after-failure) COMPREPLY=($(compgen -W "cancel continue" -- "$cur")) ;;
        --after) COMPREPLY=($(compgen -W "$(_haul_tasks suspended waiting running)" -- "$cur")) ;;
        --overflow) COMPREPLY=($(compgen -W "wait drop-oldest" -- "$cur")) ;;
        --linger) COMPREPLY=($(compgen -W "500ms 2s 30s forever" -- "$cur")) ;;
        --scheme) COMPREPLY=($(compgen -W "basic digest bearer proxy-basic proxy-digest" -- "$cur")) ;;
        -x | --connections) COMPREPLY=($(compgen -W "auto 2 4 8 16" -- "$cur")) ;;
        -s | --session)
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(_haul_sessions)" -- "$cur"))
            ;;
        -D | --directory)
            compopt -o filenames
            COMPREPLY=($(compgen -d -- "$cur"))
            ;;
        -o | --output | --reply | -i | --input | --ca-file | --cert | --key | --password-file | --resume-data | --part-urls)
            compopt -o filenames
            COMPREPLY=($(compgen -f -- "$cur"))
            ;;
        -H | --header | --retries | --retry-delay | --retry-delay-max | --request-timeout | --timeout | --priority | \
            --description | --max-size | --expected-size | --delay | --mode | --token | --filename | --checksum | --range | \
            --if-none-match | --accept-status | --mirror | --max-rate | --max-redirects | --proxy | --no-proxy | \
            --not-before | --window | -u | --user | --pin | -F | --form | --content-type | --metadata | --part-size | --abort-url | \
            -p | --subprotocol | --max-message | --ping-interval | --pong-timeout | --reconnect-max-delay | \
            --final-close-codes | --retried-status | --inbox-messages | --inbox-bytes)
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
            get | put | ws | list | status | show | why | wait | suspend | resume | cancel | remove | credential | replace-url | \
                metrics | events | limit | data-saver | sessions | version)
                command=$word
                break
                ;;
        esac
    done

    _haul_value "$prev" && return
    $split && return

    if [[ $cur == -* ]]; then
        local options="--bus= --json --help" connection transfer
        # What every task may be told, and what downloads and uploads may both be told.
        connection=" --session= --detach --quiet --redirects= --max-redirects= --redirect-headers --allow-downgrade"
        connection+=" --proxy= --no-proxy= --cookies --header= --user= --password-file= --scheme= --ca-file= --cert="
        connection+=" --key= --pin= --retries= --retry-delay= --request-timeout= --timeout= --delay= --priority="
        connection+=" --description= --token= --not-before= --window= --after= --after-failure= --no-expensive"
        connection+=" --no-constrained --no-roaming --discretionary --keep-awake"
        transfer="$connection --connections= --max-rate= --if-none-match= --accept-status= --retry-delay-max="
        case $command in
            "") options+=" --version" ;;
            get)
                options+="$transfer --input= --output= --directory= --filename= --if-exists= --replace --rename --mode="
                options+=" --remote-time --no-preallocate --checksum= --max-size= --expected-size= --range= --compressed"
                options+=" --resume-data= --mirror="
                ;;
            put)
                options+="$transfer --method= --form= --content-type= --snapshot= --reply= --resumable= --interop="
                options+=" --metadata= --part-urls= --part-size= --abort-url= --retry-non-idempotent"
                ;;
            ws)
                options+="$connection --subprotocol= --binary --linger= --max-message= --compressed --ping-interval="
                options+=" --pong-timeout= --no-reconnect --reconnect-max-delay= --final-close-codes= --retried-status="
                options+=" --inbox-messages= --inbox-bytes= --overflow="
                ;;
            cancel) options+=" --resume-data=" ;;
            credential) options+=" --user= --password-file= --scheme=" ;;
            list) options+=" --state= --session= --long" ;;
            wait) options+=" --quiet" ;;
            limit) options+=" --window=" ;;
            events) options+=" --session= --ack --follow" ;;
        esac
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
        [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
        return
    fi

    local candidates=""
    case $command in
        "")
            candidates="get put ws list status show why wait suspend resume cancel remove credential replace-url metrics events"
            candidates+=" limit data-saver sessions version"
            ;;
        put)
            compopt -o filenames
            COMPREPLY=($(compgen -f -- "$cur"))
            return
            ;;
        show | why | metrics) candidates=$(_haul_tasks) ;;
        limit) candidates="$(_haul_daemon limit | awk '{ print $1 }') max-rate default none" ;;
        data-saver) candidates="on off" ;;
        wait) candidates=$(_haul_tasks suspended waiting running publishing) ;;
        suspend) candidates=$(_haul_tasks waiting running) ;;
        resume) candidates=$(_haul_tasks suspended) ;;
        cancel | replace-url) candidates=$(_haul_tasks suspended waiting running) ;;
        credential) candidates=$(_haul_tasks waiting suspended) ;;
        remove) candidates=$(_haul_tasks finished failed cancelled) ;;
    esac
    COMPREPLY=($(compgen -W "$candidates" -- "$cur"))
}

complete -F _haul haul
