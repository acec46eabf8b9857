using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;

namespace Tandem.Server.Webhooks;

/// <summary>A real receiver is asked where a call goes: what it gets, what of its answers counts, and whom the exchange does not ask.</summary>
public sealed class RouteWebhookClientTests : IAsyncLifetime
{
    private static readonly RouteQuestion Question = new(
        TenantId.Default, new CallId("01JD2M0Q6Y3V8W4X5Z6A7B8C9D"), "100", "500", "Internal", "", new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    private readonly WebhookReceiver _receiver = new();
    private readonly List<string> _told = [];
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await _receiver.StartAsync();
        _server = await ApiServer.StartAsync(options => options with { Webhooks = new WebhookOptions { AllowPrivate = [Loopback] } });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private static NetPrefix Loopback => NetPrefix.TryParse("127.0.0.0/8", out var loopback) ? loopback : throw new InvalidOperationException();

    [Fact]
    public async Task It_is_asked_by_a_signed_post_and_its_actions_count()
    {
        var secret = await AddAsync(_receiver.Url);
        Answer("""{"actions":[{"to":"extension:101","ringSeconds":15},{"to":"voicemail:101"},{"to":"102","ringSeconds":9999}]}""");
        var answer = await AskAsync(Url("next"));
        Assert.Equal(("", 3), (answer.Problem, answer.Steps.Count));
        Assert.Equal([("extension:101", 15), ("voicemail:101", 0), ("102", 600)], answer.Steps);

        var asked = Assert.Single(_receiver.All);
        Assert.Equal("route-01JD2M0Q6Y3V8W4X5Z6A7B8C9D", asked.Id);
        Assert.Equal(WebhookSignature.Sign(asked.Id, long.Parse(asked.Timestamp, CultureInfo.InvariantCulture), asked.Body, new Secret(secret)), asked.Signature);
        Assert.Equal(
            """{"type":"route","call":"01JD2M0Q6Y3V8W4X5Z6A7B8C9D","tenant":"default","from":"100","to":"500","direction":"internal","profile":"","at":"2026-11-21T12:00:00+00:00"}""", asked.Text);
    }

    [Theory]
    [InlineData("""{"actions":[{"to":"nowhere:1"}]}""", "actions[0].to:")]
    [InlineData("""{"actions":[]}""", "the answer has no actions")]
    [InlineData("{}", "the answer has no actions")]
    [InlineData("""{"actions":[null]}""", "actions[0].to:")]
    [InlineData("not JSON", "")]
    public async Task What_is_no_answer_leads_nowhere(string body, string problem)
    {
        await AddAsync(_receiver.Url);
        Answer(body);
        var answer = await AskAsync(Url("next"));
        Assert.Empty(answer.Steps);
        Assert.NotEqual("", answer.Problem);
        Assert.StartsWith(problem, answer.Problem, StringComparison.Ordinal);
        Assert.Equal([answer.Problem], _told); // and the trace of the call shows the question and what was wrong
    }

    [Fact]
    public async Task At_most_eight_actions_count()
    {
        await AddAsync(_receiver.Url);
        Answer("{\"actions\":[" + string.Join(',', Enumerable.Range(100, 12).Select(n => $"{{\"to\":\"{n}\"}}")) + "]}");
        Assert.Equal(8, (await AskAsync(Url("next"))).Steps.Count);
    }

    [Fact]
    public async Task Without_a_webhook_of_its_origin_nobody_is_asked()
    {
        await AddAsync("https://hooks.example.org/in");
        Assert.StartsWith("the tenant has no enabled webhook", (await AskAsync(Url("next"))).Problem, StringComparison.Ordinal);
        Assert.StartsWith("the tenant has no enabled webhook", (await AskAsync("https://hooks.example.org:8443/next")).Problem, StringComparison.Ordinal);
        Assert.Empty(_receiver.All);
    }

    [Fact]
    public async Task Private_addresses_are_refused_unless_an_option_allows_them()
    {
        await AddAsync(_receiver.Url);
        Answer("""{"actions":[{"to":"101"}]}""");
        var answer = await AskAsync(Url("next"), new WebhookOptions());
        Assert.Empty(answer.Steps);
        Assert.NotEqual("", answer.Problem);
        Assert.Empty(_receiver.All);
    }

    private string Url(string path) => $"http://127.0.0.1:{_receiver.Port}/{path}";

    private void Answer(string body) => _receiver.Answer = (_, context) => context.Response.WriteAsync(body);

    private async Task<RouteAnswer> AskAsync(string url, WebhookOptions? options = null)
    {
        using var sender = new WebhookSender(options ?? new WebhookOptions { AllowPrivate = [Loopback] }, TimeProvider.System);
        return await new RouteWebhookClient(sender, RoutingOptions.Default with { WebhookTimeout = TimeSpan.FromSeconds(30) }, _server.Storage, TimeProvider.System) { Asked = (_, problem, _) => _told.Add(problem) }
            .AskAsync(url, Question);
    }

    private async Task<string> AddAsync(string url)
    {
        var (status, body) = await _server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url, eventTypes = new[] { "call.ended" } });
        Assert.Equal(201, status);
        return JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("secret").GetString()!;
    }
}
