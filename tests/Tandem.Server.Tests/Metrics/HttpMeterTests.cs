namespace Tandem.Server.Metrics;

public class HttpMeterTests
{
    // Document 3 names its routes so.
    [Theory]
    [InlineData("/api/v1/calls", "/calls")]
    [InlineData("/api/v1/calls/{id}", "/calls/:id")]
    [InlineData("/api/v1/calls/{id:guid}/status", "/calls/:id/status")]
    [InlineData("/api/v1/calls/{id}/sessions", "/calls/:id/sessions")]
    [InlineData("/api/users/{username}", "/api/users/:username")]
    [InlineData("/health", "/health")]
    [InlineData("/files/{**path}", "/files/:path")]
    public void A_route_has_document_3s_name(string pattern, string name) => Assert.Equal(name, HttpMeter.Name(pattern));

    [Fact]
    public void Methods_that_nobody_knows_are_one()
    {
        var meter = new HttpMeter(TimeProvider.System);
        for (var i = 0; i < 1_000; i++)
            meter.Count($"M{i}", "/x", 404, TimeSpan.Zero);
        var page = new PrometheusWriter();
        meter.Write(page);
        Assert.Equal(1_000, new MetricsText(page.ToString())["http_requests_total{service=\"telephony-gateway\",method=\"other\",endpoint=\"/x\",status_code=\"404\"}"]);
    }
}
