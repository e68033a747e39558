/**
 * Okabe and Ito's colours (2008), told apart by every kind of colour vision and in print.
 * Each has one meaning here and keeps it in every table and chart.
 */
export const palette = {
  /** A probability. */
  probability: "#56B4E9",
  /** The token that was chosen. */
  chosen: "#E69F00",
  /** Whose words a token of a prompt is; what the template adds has no colour. */
  roles: { system: "#CC79A7", user: "#0072B2", assistant: "#009E73" },
  /** A first series, when colour has nothing to say but "this line". */
  series: "#0072B2",
  /** Further series, in this order. */
  others: ["#D55E00", "#009E73", "#CC79A7", "#E69F00"],
} as const;
