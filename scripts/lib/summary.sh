# shellcheck shell=bash
# Runs steps one after the other, counts what each of them tested by reading its output, and prints the table at the end.

# Filled by run_step: one element per step that ran.
STEP_NAMES=()
STEP_PASSED=()
STEP_FAILED=()
STEP_SKIPPED=()
STEP_SECONDS=()

# count_tests LOG: prints "passed failed skipped" by adding up the closing lines of every runner in LOG:
# cargo nextest, cargo test, node --test and Playwright.
count_tests() {
    awk '
        # The number that stands before WORD, or 0.
        function before(line, word) {
            return match(line, "[0-9]+ " word) ? substr(line, RSTART, RLENGTH) + 0 : 0
        }
        { gsub(/\033\[[0-9;]*m/, "") }
        /^ *Summary \[.*tests? run:/ {
            passed += before($0, "passed")
            failed += before($0, "failed") + before($0, "timed out") + before($0, "exec failed")
            skipped += before($0, "skipped")
        }
        /^test result: / {
            passed += before($0, "passed"); failed += before($0, "failed"); skipped += before($0, "ignored")
        }
        /^(#|ℹ) (pass|fail|cancelled|skipped|todo) [0-9]+$/ {
            if ($2 == "pass") passed += $3
            else if ($2 == "skipped" || $2 == "todo") skipped += $3
            else failed += $3
        }
        /^ +[0-9]+ (passed|failed|interrupted|flaky|skipped|did not run)( \(|$)/ {
            if ($2 == "passed" || $2 == "flaky") passed += $1
            else if ($2 == "skipped" || $2 == "did") skipped += $1
            else failed += $1
        }
        END { print passed + 0, failed + 0, skipped + 0 }
    ' "$1"
}

# run_step KIND NAME COMMAND…: KIND is "tests", whose output is counted and may not be empty, or "check", which is one
# thing that holds or doesn't. Never ends the script: a broken step must not hide what the others would have said.
run_step() {
    local kind="$1" name="$2" log started passed failed skipped status=0
    shift 2
    log="$LOG_DIR/$name.log"
    printf '\n=== %s\n' "$name"
    started=$SECONDS
    # A subshell with its own -e: `set -e` is off in anything called as a condition.
    set +e
    (
        set -e
        "$@"
    ) 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    set -e
    read -r passed failed skipped < <(count_tests "$log")
    if [[ $kind == check ]]; then
        passed=$((status == 0)) failed=$((status != 0)) skipped=0
    elif ((status != 0 && failed == 0)); then
        failed=1
    elif ((passed + failed == 0)); then
        printf 'error: %s ran no test\n' "$name"
        failed=1
    fi
    STEP_NAMES+=("$name")
    STEP_PASSED+=("$passed")
    STEP_FAILED+=("$failed")
    STEP_SKIPPED+=("$skipped")
    STEP_SECONDS+=("$((SECONDS - started))")
}

# print_summary: the table, then the totals on a line of their own. False if anything failed or was skipped.
print_summary() {
    local i passed=0 failed=0 skipped=0 seconds=0 mark
    printf '\n%-22s %8s %8s %8s %8s\n' "what ran" passed failed skipped seconds
    for i in "${!STEP_NAMES[@]}"; do
        mark=""
        ((STEP_FAILED[i] + STEP_SKIPPED[i] == 0)) || mark="  <-- see $LOG_DIR/${STEP_NAMES[i]}.log"
        printf '%-22s %8d %8d %8d %8d%s\n' "${STEP_NAMES[i]}" "${STEP_PASSED[i]}" "${STEP_FAILED[i]}" \
            "${STEP_SKIPPED[i]}" "${STEP_SECONDS[i]}" "$mark"
        passed=$((passed + STEP_PASSED[i])) failed=$((failed + STEP_FAILED[i]))
        skipped=$((skipped + STEP_SKIPPED[i])) seconds=$((seconds + STEP_SECONDS[i]))
    done
    printf '%-22s %8d %8d %8d %8d\n\n' total "$passed" "$failed" "$skipped" "$seconds"
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    ((${#STEP_NAMES[@]} > 0 && failed + skipped == 0))
}
