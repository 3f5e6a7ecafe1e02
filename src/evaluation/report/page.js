// Draws the charts from the options that stand in the page, and opens the tables when it is printed.
"use strict";
(() => {
  const drawInterval = (params, api) => {
    const low = api.value(0), high = api.value(1), at = api.value(2);
    if (!Number.isFinite(low) || !Number.isFinite(high)) return;
    const [from, y] = api.coord([low, at]), [to] = api.coord([high, at]);
    const style = { stroke: "#111", lineWidth: 2, fill: null };
    const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
    return { type: "group", children: [line(from, y, to, y), line(from, y - 6, from, y + 6), line(to, y - 6, to, y + 6)] };
  };
  const charts = JSON.parse(document.getElementById("charts").textContent).map(([id, options]) => {
    const figure = document.getElementById("chart-" + id);
    for (const series of options.series) if (series.interval) series.renderItem = drawInterval;
    if (options.yAxis.type === "category") {
      figure.style.height = 6 + (figure.clientWidth < 500 ? 3 : 2) * options.yAxis.data.length + "rem";
      // Long names are broken rather than take the room of the bars.
      options.yAxis.axisLabel = { ...options.yAxis.axisLabel, width: Math.min(280, figure.clientWidth * 0.4), overflow: "break" };
    }
    const chart = echarts.init(figure, null, { renderer: "svg" });
    chart.setOption(options);
    return chart;
  });
  const resize = () => charts.forEach((chart) => chart.resize());
  addEventListener("resize", resize);
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((table) => { if (table.querySelectorAll("tr").length < 60) table.open = true; });
    resize();
  });
  document.documentElement.dataset.charts = charts.length;
})();
