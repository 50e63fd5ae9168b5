#!/usr/bin/env bash
# Measures how often a start that was offered is refused when it is taken up. See bench/README.md.
# Usage: bench/offers.sh [SECONDS] [THINKING_MS,THINKING_MS,…] [ANSWER_MS]
set -euo pipefail

seconds=${1:-100} think=${2:-0,500,2000} answer=${3:-600}
if [[ ! $seconds =~ ^[1-9][0-9]{0,3}$ || ! $think =~ ^[0-9]{1,5}(,[0-9]{1,5})*$ || ! $answer =~ ^[0-9]{1,4}$ ]]; then
  echo "Usage: bench/offers.sh [SECONDS] [THINKING_MS,THINKING_MS,…] [ANSWER_MS]" >&2
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for held in 30s 1ms; do
  mvn -B -q test -Dtest=OffersTest -Doffers.seconds="$seconds" -Doffers.think="$think" -Doffers.answer="$answer" -Doffers.held="$held" |
    { grep -E '^Offers|ERROR' || true; }
done
