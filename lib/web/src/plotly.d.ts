declare module "plotly.js" {
  const Plotly: {
    react(
      place: HTMLElement,
      data: readonly object[],
      layout: object,
      config: { displayModeBar: boolean; responsive: boolean },
    ): Promise<unknown>;
  };
  export default Plotly;
}
