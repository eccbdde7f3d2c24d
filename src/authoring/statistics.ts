/**
 * Upper bound, with 95 % confidence, on the rate of something that was seen `seen` times in `runs`
 * independent runs: the rate at which so few would be seen in one of twenty times.
 *
 * The exact, one-sided bound of Clopper and Pearson (Biometrika 26, 1934, 404–413). For none in n it
 * is 1 − 0.05^(1/n), about 3/n: the rule of three (Hanley and Lippman-Hand, JAMA 249, 1983, 1743–1745).
 */
export function upperBound95(seen: number, runs: number): number {
  if (runs === 0 || seen >= runs) return 1;
  let [low, high] = [seen / runs, 1];
  // The probability falls as the rate rises; fifty halvings are beyond what a double tells apart.
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (atMost(seen, runs, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `seen` successes in `runs` trials, each of probability `rate` below 1. */
function atMost(seen: number, runs: number, rate: number): number {
  // By logarithms: the first term underflows where there are thousands of runs.
  let log = runs * Math.log1p(-rate);
  let sum = Math.exp(log);
  for (let k = 1; k <= seen; k += 1) {
    log += Math.log((runs - k + 1) / k) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(log);
  }
  return sum;
}
