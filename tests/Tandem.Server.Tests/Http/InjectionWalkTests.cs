using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tandem.Calls.Calls;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;
using Tandem.Storage.Administration;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Server.Http;

/// <summary>
/// Every text that a stranger can write, filled with what gets out of texts: every string in every body and query and path of the API, as its own description
/// lists them, and what a phone says of its user. Nothing is answered 500, no header is split, no file comes into being outside, no list of another tenant is opened, and
/// what was written is text where it is read.
/// </summary>
public sealed partial class InjectionWalkTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Stranger = "thingofothertenant";

    // What belongs to the test itself: it would sign itself out, or drop what it walks over.
    private static readonly string[] LeftOut = ["/api/v1/admin/clear-calls", "/api/v1/admin/clear-users"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [GeneratedRegex(@"\{(?<name>\w+)(:\w+)?\}")]
    private static partial Regex Parameter { get; }

    [Fact]
    public async Task No_text_in_a_request_is_more_than_text()
    {
        await using var server = await ApiServer.StartAsync(Seeds.Recording);
        await AddStrangerAsync(server);
        var ids = await RouteWalkTests.FillAsync(server);
        var document = JsonNode.Parse((await server.GetAsync("/openapi/v1.json")).Body)!;
        var asked = 0;
        foreach (var (template, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject().Where(o => o.Key is "get" or "post" or "put" or "patch" or "delete"))
            {
                if (LeftOut.Contains(template))
                    continue;

                asked += await WalkBodyAsync(server, ids, document, template, method, operation!);
                asked += await WalkQueryAsync(server, ids, template, method, operation!);
                if (template.Contains('{'))
                    asked += await WalkPathAsync(server, template, method);
            }
        }

        // A description that lost its bodies would make this test ask nothing.
        Assert.InRange(asked, 5_000, 200_000);
        await CheckFilesAsync();
        await CheckReadingsAsync(server);
    }

    [Theory]
    [MemberData(nameof(Inner))]
    public async Task No_webhook_leads_inside(string url)
    {
        var server = shared.Server;
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url })).Status);
        var made = await server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url = "https://example.org/hook" });
        var id = JsonDocument.Parse(made.Body).RootElement.GetProperty("data").GetProperty("id").GetString();
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Patch, $"/api/v1/webhooks/{id}", new { url })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, $"/api/v1/webhooks/{id}")).Status);
    }

    public static TheoryData<string> Inner => new(HostileTexts.InnerAddresses);

    [Theory]
    [InlineData(64 << 10, 431)]
    [InlineData(1 << 10, 200)]
    public async Task Headers_have_a_limit(int length, int expected)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(expected, (await server.GetAsync("/api/v1/tenants", ("X-Long", new string('a', length)))).Status);
    }

    [Fact]
    public async Task Bodies_have_a_limit()
    {
        await using var server = await ApiServer.StartAsync(options => options with { Http = options.Http with { MaxBodyBytes = 4_096 } });
        Assert.Equal(413, (await server.SendAsync(HttpMethod.Patch, "/api/v1/extensions/100", new { displayName = new string('a', 8_192) })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, "/api/v1/extensions/100", new { displayName = "Ada" })).Status);
    }

    // RFC 3261 §25.1: a quoted string and a user part may hold nearly anything, escaped.
    [Fact]
    public async Task What_a_phone_says_of_its_user_is_text_in_every_list()
    {
        await using var server = await ApiServer.StartAsync();
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var records = 0;
        foreach (var text in HostileTexts.All.Where(text => text.Length < 1_000))
        {
            // As the name of who calls, and as numbers that nobody has.
            Ring(rig, ada, bob, "101", $"\"{Quoted(text)}\" <sip:100@198.51.100.1>", text);
            Ring(rig, ada, bob, Escaped(text), $"\"{Quoted(text)}\" <sip:{Escaped(text)}@198.51.100.1>", text);
        }

        rig.Run(100);
        Assert.Empty(rig.Calls);
        Assert.Equal("", rig.Leftovers());

        foreach (var ended in rig.Events.All.OfType<Calls.Events.CallEnded>())
        {
            records++;
            server.Storage.Journal.Closed(ended.Record);
            JsonDocument.Parse(PublicEvents.Ended(ended.Record, 1).Body);
        }

        await server.Storage.Writer.FlushAsync(Cancellation);
        Assert.InRange(records, 10, HostileTexts.All.Length);
        Assert.Equal(0, server.Storage.Writer.Statistics().Rejected);
        await CheckReadingsAsync(server);
    }

    [Fact]
    public async Task Records_with_such_texts_are_text_in_every_list()
    {
        await using var server = await ApiServer.StartAsync();
        for (var i = 0; i < HostileTexts.All.Length; i++)
        {
            var text = HostileTexts.All[i];
            var record = FakeExchange.Record(i) with
            {
                CallerNumber = text,
                CalleeNumber = text,
                TraceId = text,
                CallerSipCallId = text,
                CalleeSipCallId = text,
                ProfileId = text,
                TransferredBy = text,
                CallerAddress = text,
                Extras = new CallExtras { Attempts = [new CallAttempt(text, text, text, text, 503, text, DateTimeOffset.UnixEpoch, null, DateTimeOffset.UnixEpoch)], IvrPath = text, Recordings = [text] },
            };
            server.Storage.Journal.Closed(record);
            JsonDocument.Parse(PublicEvents.Ended(record, 1).Body);
        }

        await server.Storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(0, server.Storage.Writer.Statistics().Rejected);
        Assert.Equal(HostileTexts.All.Length, (await server.JsonAsync("/api/v1/cdrs?limit=500")).GetProperty("data").GetProperty("cdrs").GetArrayLength());
        await CheckReadingsAsync(server);
    }

    private static void Ring(ExchangeRig rig, ScriptedPhone ada, ScriptedPhone bob, string number, string from, string text)
    {
        var a = ada.Dial(number);
        a.LocalUri = from;
        a.Invite(Sdp.Audio(port: 30000), $"Subject: {Folded(text)}", $"P-Asserted-Identity: \"{Quoted(text)}\" <sip:{Escaped(text)}@198.51.100.1>");
        rig.Run(0.2);
        if (bob.Unread.Count == 0)
        {
            while (ada.Unread.Count > 0)
            {
                var answer = ada.Expect(ada.Unread[0].Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
                if (answer.Status >= 300)
                    a.AckRefusal(answer);
            }

            return;
        }

        var invite = bob.Expect("INVITE");
        Assert.False(invite.Has(HostileTexts.HeaderMark));
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
    }

    private static async Task AddStrangerAsync(ApiServer server)
    {
        var other = new TenantId("other");
        await server.Storage.Tenants.AddAsync(new Tenant(other, "Other"), Cancellation);
        await server.Storage.Users.AddAsync(other, Stranger, Stranger, Role.Agent, new Secret("long enough"), Cancellation);
        await server.Storage.Webhooks.AddAsync(other, $"https://example.org/{Stranger}", Stranger, ["*"], true, 10, Cancellation);
        await server.Storage.Extensions.AddAsync(other, "100", null, Stranger, "", Cancellation);
        server.Storage.Journal.Closed(FakeExchange.Record(900) with { Tenant = other, CallerNumber = Stranger });
        await server.Storage.Writer.FlushAsync(Cancellation);
    }

    private static async Task<int> WalkBodyAsync(ApiServer server, Dictionary<string, string> ids, JsonNode document, string template, string method, JsonNode operation)
    {
        if (operation["requestBody"]?["content"]?["application/json"] is not { } content)
            return 0;

        var example = content["example"]?.DeepClone() ?? Made(document, content["schema"], 0);
        var asked = 0;
        foreach (var place in Strings(example, []).ToList())
        {
            foreach (var text in HostileTexts.All)
            {
                var body = example!.DeepClone();
                Set(body, place, text);
                await AskAsync(server, method, PathOf(template, ids), body.ToJsonString());
                asked++;
            }
        }

        return asked;
    }

    private static async Task<int> WalkQueryAsync(ApiServer server, Dictionary<string, string> ids, string template, string method, JsonNode operation)
    {
        var asked = 0;
        foreach (var parameter in operation["parameters"]?.AsArray().Where(p => (string?)p!["in"] == "query") ?? [])
        {
            foreach (var text in HostileTexts.All)
            {
                await AskAsync(server, method, $"{PathOf(template, ids)}?{(string)parameter!["name"]!}={Uri.EscapeDataString(text)}", method is "get" or "delete" ? null : "{}");
                asked++;
            }
        }

        return asked;
    }

    private static async Task<int> WalkPathAsync(ApiServer server, string template, string method)
    {
        var asked = 0;
        foreach (var text in HostileTexts.All.Where(text => text is not ("" or "." or "..")))
        {
            await AskAsync(server, method, Parameter.Replace(template, Uri.EscapeDataString(text)), method is "get" or "delete" ? null : "{}");
            asked++;
        }

        return asked;
    }

    private static async Task AskAsync(ApiServer server, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await server.Client.SendAsync(request, Cancellation);
        var answer = await response.Content.ReadAsStringAsync(Cancellation);
        var place = $"{method} {path} {body}: {(int)response.StatusCode} {answer}";
        Assert.True((int)response.StatusCode is (>= 200 and < 500) or 503, place);
        Assert.False(response.Headers.Contains(HostileTexts.HeaderMark) || response.Content.Headers.Contains(HostileTexts.HeaderMark), place);
        Assert.NotEqual("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(Stranger, answer, StringComparison.Ordinal);
    }

    private static async Task CheckFilesAsync()
    {
        var found = await Task.Run(() => Directory.EnumerateFileSystemEntries(Path.GetTempPath(), "*" + HostileTexts.FileMark + "*").ToList(), Cancellation);
        Assert.Empty(found);
        Assert.False(File.Exists(HostileTexts.FileMark) || Directory.Exists(HostileTexts.FileMark));
    }

    // What the API and the files for spreadsheets say of all that was written.
    private static async Task CheckReadingsAsync(ApiServer server)
    {
        foreach (var path in new[] { "/api/v1/cdrs?limit=500", "/api/v1/extensions", "/api/v1/users", "/api/v1/profiles", "/api/v1/numbers", "/api/v1/webhooks", "/api/v1/audit", "/api/v1/prompts" })
        {
            using var response = await server.RawAsync(HttpMethod.Get, path);
            Assert.Equal((path, 200), (path, (int)response.StatusCode));
            Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        }

        foreach (var rows in new[] { "calls", "legs" })
        {
            var text = (await server.GetAsync($"/api/v1/cdrs/export?rows={rows}")).Body;
            var lines = CsvLines(text);
            Assert.All(lines, fields => Assert.Equal(lines[0].Count, fields.Count));
            Assert.All(lines.SelectMany(fields => fields), field => Assert.False(field.Length > 0 && "=+-@\t\r".Contains(field[0]), field));
        }
    }

    // RFC 4180.
    private static List<List<string>> CsvLines(string text)
    {
        var lines = new List<List<string>> { new() };
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (isQuoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(c);
                i++;
            }
            else if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && (c == ',' || (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n')))
            {
                lines[^1].Add(field.ToString());
                field.Clear();
                if (c == ',')
                    continue;
                i++;
                lines.Add([]);
            }
            else
            {
                field.Append(c);
            }
        }

        lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static string PathOf(string template, Dictionary<string, string> ids) =>
        ids.TryGetValue(template, out var path) ? path
            : ids.FirstOrDefault(id => Parameter.Replace(id.Key, "{${name}}") == template).Value ?? Parameter.Replace(template, "1");

    private static JsonNode? Made(JsonNode document, JsonNode? schema, int depth)
    {
        if (schema?["$ref"] is { } reference)
            return Made(document, document["components"]!["schemas"]![((string)reference!).Split('/')[^1]], depth + 1);
        if (depth > 6 || schema is null)
            return null;

        var made = new JsonObject();
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
            made[name] = property?["properties"] is not null || property?["$ref"] is not null ? Made(document, property, depth + 1) : property?["type"]?.ToJsonString().Contains("string", StringComparison.Ordinal) == true ? "x" : null;
        return made;
    }

    private static IEnumerable<List<object>> Strings(JsonNode? node, List<object> place) => node switch
    {
        JsonObject members => members.SelectMany(member => Strings(member.Value, [.. place, member.Key])),
        JsonArray items => items.SelectMany((item, i) => Strings(item, [.. place, i])),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [place],
        _ => [],
    };

    private static void Set(JsonNode node, List<object> place, string text)
    {
        foreach (var step in place.SkipLast(1))
            node = step is string name ? node[name]! : node[(int)step]!;
        if (place[^1] is string last)
            node[last] = text;
        else
            node[(int)place[^1]] = text;
    }

    private static string Quoted(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").ReplaceLineEndings(" ").Replace("\0", "");

    private static string Escaped(string text) => Uri.EscapeDataString(text.Length == 0 ? "x" : text);

    private static string Folded(string text) => text.ReplaceLineEndings("\r\n ").Replace("\0", "");
}
