using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Server.Ivr;
using Tandem.Testing.Network;

namespace Tandem.Server.Rest;

public sealed class IvrResourceTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Yaml = """
        # The main menu
        name: Main menu
        start: welcome
        steps:
          welcome: { do: play, prompt: conf-welcome, next: menu }
          menu:
            do: menu
            prompt: [enter-extension, "silence:200"]
            keys: { 1: office, "*": welcome }
          office: { do: transfer, to: "extension:100" }
        """;

    [Fact]
    public async Task A_flow_is_kept_shown_in_force_counted_and_removed()
    {
        await using var server = await ApiServer.StartAsync();
        var saved = await SaveAsync(server, "main", Yaml);
        Assert.Equal((200, true, 3), (saved.Status, saved.Body["data"]!["isNew"]!.GetValue<bool>(), saved.Body["data"]!["steps"]!.GetValue<int>()));
        var flow = (await server.JsonAsync("/api/v1/ivr/flows/main")).GetProperty("data");
        Assert.Equal(Yaml, flow.GetProperty("source").GetString());
        Assert.Equal("office", flow.GetProperty("document").GetProperty("steps").GetProperty("menu").GetProperty("keys").GetProperty("1").GetString());
        Assert.Equal("Main menu", Assert.Single((await server.JsonAsync("/api/v1/ivr/flows")).GetProperty("data").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("welcome", server.Storage.IvrDirectory.Find(TenantId.Default, "main")!.Start);

        server.Counters.CountStep(TenantId.Default, "main", "menu", IvrStepResult.Silent);
        var counts = (await server.JsonAsync("/api/v1/ivr/flows/main/counts")).GetProperty("data").EnumerateArray().Select(c => $"{c.GetProperty("step")} {c.GetProperty("silent")}");
        Assert.Equal(["menu 1", "office 0", "welcome 0"], counts);

        Assert.False((await SaveAsync(server, "main", """{ "steps": { "a": { "do": "flow", "flow": "other" } } }""")).Body["data"]!["isNew"]!.GetValue<bool>());
        Assert.Equal(JsonValueKind.Null, (await server.JsonAsync("/api/v1/ivr/flows/main")).GetProperty("data").GetProperty("source").ValueKind);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/ivr/flows/main")).Status);
        Assert.Null(server.Storage.IvrDirectory.Find(TenantId.Default, "main"));
        Assert.Equal(404, (await server.GetAsync("/api/v1/ivr/flows/main")).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, "/api/v1/ivr/flows/main")).Status);
    }

    [Theory]
    [InlineData("steps: { a: { do: play, prompt: hi, next: nowhere } }", "steps.a.next: there is no step 'nowhere'")]
    [InlineData("steps: { a: &x { do: hangup } }", "document: line 1: anchors")]
    [InlineData("steps: [", "document: line")]
    [InlineData("""{ "steps": { "a": { "do": "sing" } } }""", "steps.a.do: one of play")]
    public async Task A_flow_with_faults_is_refused_with_the_field_named(string document, string named)
    {
        var server = shared.Server;
        var (status, body) = await SaveAsync(server, "main", document);
        Assert.Equal(400, status);
        Assert.Contains(named, body["error"]!.GetValue<string>(), StringComparison.Ordinal);
        using var content = new StringContent(document, Encoding.UTF8, "application/yaml");
        using var answer = await server.Client.PostAsync("/api/v1/ivr/check", content, TestContext.Current.CancellationToken);
        var check = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["data"]!;
        Assert.False(check["isValid"]!.GetValue<bool>());
        Assert.NotEmpty(check["problems"]!.AsArray());
    }

    // The schema knows what the reader knows, and nothing else.
    [Fact]
    public async Task The_schema_names_the_steps_and_fields_that_are_read()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, text) = await server.GetAsync("/api/v1/ivr/schema");
        Assert.Equal(200, status);
        var kinds = JsonNode.Parse(text)!["properties"]!["steps"]!["additionalProperties"]!["oneOf"]!.AsArray();
        Assert.Equal(IvrFlowReader.Kinds, kinds.Select(kind => kind!["properties"]!["do"]!["const"]!.GetValue<string>()));
        foreach (var kind in kinds)
        {
            var step = new JsonObject { ["do"] = kind!["properties"]!["do"]!["const"]!.GetValue<string>(), ["unknown"] = 1 };
            foreach (var (field, _) in kind["properties"]!.AsObject())
            {
                if (field != "do")
                    step[field] = new JsonObject { ["not"] = "accepted" };
            }

            // A field that the reader did not know would be told to be unknown, as the one that is.
            var document = new JsonObject { ["steps"] = new JsonObject { ["a"] = step } };
            var (_, problems) = IvrFlowReader.Read("main", Encoding.UTF8.GetBytes(document.ToJsonString()), IvrOptions.Default);
            foreach (var (field, _) in kind["properties"]!.AsObject())
                Assert.DoesNotContain(problems, problem => problem.Field == $"steps.a.{field}" && problem.Accepted.Contains("not known", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Requests_are_signed_and_lead_to_public_addresses_only()
    {
        await using var server = await ApiServer.StartAsync();
        var secret = (await server.JsonAsync("/api/v1/ivr/secret")).GetProperty("data").GetProperty("secret").GetString()!;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Post, "/api/v1/ivr/secret", new { })).Status);
        Assert.NotEqual(secret, (await server.JsonAsync("/api/v1/ivr/secret")).GetProperty("data").GetProperty("secret").GetString());

        using var receiver = new HttpListener();
        using var held = new HeldPort();
        var port = held.Number;
        receiver.Prefixes.Add($"http://127.0.0.1:{port}/");
        receiver.Start();
        var heard = receiver.GetContextAsync();
        var request = new IvrWebRequest(TenantId.Default, "ivr_1", $"http://127.0.0.1:{port}/next", "{\"a\":1}"u8.ToArray(), TimeSpan.FromSeconds(30))
        {
            Call = new Calls.Calls.CallId("c1"),
            TraceId = "0af7651916cd43dd8448eb211c80319c",
        };
        using (var closed = new IvrWeb(IvrOptions.Default, new Webhooks.WebhookTargets([]), server.Storage.IvrDirectory, server.Storage.Ivr, TimeProvider.System))
            Assert.Contains("private addresses", (await closed.AskAsync(request)).Problem, StringComparison.Ordinal);

        Assert.True(Core.Net.NetPrefix.TryParse("127.0.0.0/8", out var loopback));
        using var web = new IvrWeb(IvrOptions.Default, new Webhooks.WebhookTargets([loopback]), server.Storage.IvrDirectory, server.Storage.Ivr, TimeProvider.System);
        var asking = web.AskAsync(request);
        var context = await heard;
        var timestamp = long.Parse(context.Request.Headers["webhook-timestamp"]!, System.Globalization.CultureInfo.InvariantCulture);
        var present = new Core.Privacy.Secret((await server.JsonAsync("/api/v1/ivr/secret")).GetProperty("data").GetProperty("secret").GetString()!);
        Assert.Equal(Webhooks.WebhookSignature.Sign("ivr_1", timestamp, request.Body, present), context.Request.Headers["webhook-signature"]);
        Assert.Equal($"00-0af7651916cd43dd8448eb211c80319c-{Otlp.CallSpans.MenuId(request):x16}-01", context.Request.Headers["traceparent"]);
        context.Response.Close("{}"u8.ToArray(), willBlock: true);
        var answer = await asking;
        Assert.Equal((200, "", "{}"), (answer.Status, answer.Problem, Encoding.UTF8.GetString(answer.Body.Span)));

        // A flow that is tried without a call is in no trace.
        heard = receiver.GetContextAsync();
        asking = web.AskAsync(request with { Call = default, TraceId = "" });
        context = await heard;
        Assert.Null(context.Request.Headers["traceparent"]);
        context.Response.Close();
        await asking;
    }

    private static async Task<(int Status, JsonNode Body)> SaveAsync(ApiServer server, string id, string document)
    {
        using var content = new StringContent(document, Encoding.UTF8, document.StartsWith('{') ? "application/json" : "application/yaml");
        using var answer = await server.Client.PutAsync($"/api/v1/ivr/flows/{id}", content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }
}
