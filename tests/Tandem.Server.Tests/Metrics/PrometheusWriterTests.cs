namespace Tandem.Server.Metrics;

public class PrometheusWriterTests
{
    [Fact]
    public void A_family_has_help_type_and_samples()
    {
        var page = new PrometheusWriter();
        page.Family("a_total", "counter", "What\\is\ncounted.").Sample(1, ("x", "1")).Sample(2.5, ("x", "a\"b\\c\nd"));
        Assert.Equal(
            "# HELP a_total What\\\\is\\ncounted.\n# TYPE a_total counter\na_total{service=\"telephony-gateway\",x=\"1\"} 1\na_total{service=\"telephony-gateway\",x=\"a\\\"b\\\\c\\nd\"} 2.5\n",
            page.ToString());
        _ = new MetricsText(page.ToString());
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1e21, "1E+21")]
    [InlineData(0.1, "0.1")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_are_written_as_the_format_wants_them(double value, string text)
    {
        var page = new PrometheusWriter();
        page.Gauge("a", "b", value);
        Assert.EndsWith("} " + text + "\n", page.ToString());
    }

    [Fact]
    public void A_histogram_is_cumulative_and_ends_at_infinity()
    {
        var histogram = new Histogram([1, 2]);
        foreach (var value in new[] { 0.5, 1, 1.5, 3, 4 })
            histogram.Observe(value);
        var page = new PrometheusWriter();
        page.Family("h", "histogram", "H.").Sample(histogram, ("m", "x"));

        var text = new MetricsText(page.ToString());
        const string labels = "{service=\"telephony-gateway\",m=\"x\"";
        Assert.Equal((2, 3, 5), (text[$"h_bucket{labels},le=\"1\"}}"], text[$"h_bucket{labels},le=\"2\"}}"], text[$"h_bucket{labels},le=\"+Inf\"}}"]));
        Assert.Equal((10, 5), (text[$"h_sum{labels}}}"], text[$"h_count{labels}}}"]));
    }

    [Fact]
    public void A_family_is_written_once()
    {
        var page = new PrometheusWriter();
        page.Gauge("a", "b", 1);
        Assert.Throws<InvalidOperationException>(() => page.Gauge("a", "b", 1));
    }
}
