# bash completion for cadenza: eval "$(cadenza completion bash)"
# Needs neither bash-completion nor a bash newer than 3.2, and evaluates nothing that was typed.
# Where cadenza has nothing to offer, bash offers files.
__cadenza_complete() {
  local word line value current="" glued=""
  local -a words=()
  # Bash cuts words at = and :, which stand inside of ours.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ ( -n $glued || $word == [=:]* ) && ${#words[@]} -gt 0 ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    case $word in *[=:]) glued=1 ;; *) glued="" ;; esac
    current=$word
  done
  case $current in [=:]) current="" ;; esac
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in :[0-9]*) continue ;; esac
    value=${line%%$'\t'*}
    if [[ $value == "$current"* ]]; then COMPREPLY+=("$value"); fi
  done < <(cadenza complete -- "${words[@]}" 2>/dev/null)
}
complete -o default -F __cadenza_complete cadenza
