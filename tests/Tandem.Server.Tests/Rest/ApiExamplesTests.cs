using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Server.Http;
using Tandem.Server.Rest.Commands;

namespace Tandem.Server.Rest;

/// <summary>
/// The examples of docs/api.md, run against the API: each row of its tables is asked for as it stands there, each whole body in it is sent, and each curl line is
/// followed. What has an id in its path may be missing (404) or not fit its state (409); what a reader copies must never be refused as malformed.
/// </summary>
public sealed partial class ApiExamplesTests
{
    // What the fields of a path stand for here.
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["username"] = "100",
        ["number"] = "100",
        ["documentName"] = "v1",
        ["member"] = "1",
        ["from"] = "1",
        ["to"] = "2",
        ["scope"] = "tenant",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_and_every_body_in_it_is_taken()
    {
        await using var server = await ApiServer.StartAsync(Seeds.Recording);
        server.Exchange.CommandReply = new CommandReply(CommandResult.Done, new CallControlState(FakeExchange.Call(1, CallState.Established), false, false, false), "01COMMAND");
        server.Exchange.Reply = new RecordingReply(CallRecordingState.Recording, true);
        var (rows, bodies) = (0, 0);
        var refused = new List<string>();
        foreach (var line in await File.ReadAllLinesAsync(Page(), Cancellation))
        {
            if (Row().Match(line) is not { Success: true } row)
                continue;

            rows++;
            var (method, path) = (new HttpMethod(row.Groups["method"].Value), Path(row.Groups["path"].Value));
            var examples = method == HttpMethod.Get || method == HttpMethod.Delete ? [] : Bodies(row.Groups["text"].Value);
            bodies += examples.Count;
            foreach (var body in examples.Count > 0 ? examples.Cast<JsonElement?>() : method == HttpMethod.Get ? [null] : [])
            {
                var (status, answer) = await server.SendAsync(method, path, body);
                if (!IsTaken(status, row.Groups["path"].Value))
                    refused.Add(string.Create(CultureInfo.InvariantCulture, $"{method} {path} {body}: {status} {answer}"));
            }
        }

        Assert.Empty(refused);
        Assert.InRange(rows, 100, 1_000);
        Assert.InRange(bodies, 15, 1_000);
    }

    [Fact]
    public async Task Every_curl_line_reaches_a_route()
    {
        await using var server = await ApiServer.StartAsync();
        var followed = 0;
        foreach (Match match in Curl().Matches(await File.ReadAllTextAsync(Page(), Cancellation)))
        {
            var method = match.Groups["body"].Success ? HttpMethod.Post : HttpMethod.Get;
            var body = match.Groups["body"].Success ? JsonDocument.Parse(match.Groups["body"].Value).RootElement : (JsonElement?)null;
            var (status, answer) = await server.SendAsync(method, match.Groups["path"].Value, body);
            Assert.True(status is (>= 200 and < 300) or 401, $"{method} {match.Groups["path"].Value}: {status} {answer}"); // 401: the password there is none
            followed++;
        }

        Assert.InRange(followed, 2, 100);
    }

    /// <summary>Each word of <see cref="CommandCatalog"/> stands on the page as it is sent, and no other.</summary>
    [Fact]
    public async Task Every_command_has_an_example_that_is_done()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.CommandReply = new CommandReply(CommandResult.Done, new CallControlState(FakeExchange.Call(1, CallState.Established), false, false, false), "01COMMAND");
        var row = (await File.ReadAllLinesAsync(Page(), Cancellation)).Single(line => line.StartsWith("| `POST /api/v1/calls/{id}/commands`", StringComparison.Ordinal));
        var words = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var body in Bodies(row))
        {
            var (status, answer) = await server.SendAsync(HttpMethod.Post, Path("/api/v1/calls/{id}/commands"), body);
            Assert.True(status is 200, $"{body}: {status} {answer}");
            words.Add(body.GetProperty("command").GetString()!);
        }

        Assert.Equal(CommandCatalog.Words, string.Join(", ", words));
    }

    /// <summary>What a reader of docs/call-control.md copies into a shell.</summary>
    [Fact]
    public async Task Every_body_of_the_page_of_commands_is_taken()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.CommandReply = new CommandReply(CommandResult.Begun, new CallControlState(FakeExchange.Call(1, CallState.Established), false, false, false), "01COMMAND");
        var (commands, calls) = (0, 0);
        foreach (Match match in Quoted().Matches(await File.ReadAllTextAsync(Page("call-control.md"), Cancellation)))
        {
            var body = JsonDocument.Parse(match.Groups["body"].Value).RootElement;
            var isCommand = body.TryGetProperty("command", out _);
            var (status, answer) = await server.SendAsync(HttpMethod.Post, isCommand ? Path("/api/v1/calls/{id}/commands") : "/api/v1/calls", body);
            Assert.True(IsTaken(status, ""), $"{body}: {status} {answer}");
            (commands, calls) = isCommand ? (commands + 1, calls) : (commands, calls + 1);
        }

        Assert.True(commands >= 5 && calls >= 1, $"{commands} commands, {calls} calls");
    }

    private static bool IsTaken(int status, string path) => status is >= 200 and < 300 or 304 or 426 || (status is 401 or 403 or 409 or 503) || (status == 404 && path.Contains('{', StringComparison.Ordinal));

    // A parameter with a value is an example, one without is only named.
    private static string Path(string written)
    {
        var parts = written.Split('?', 2);
        var otherwise = parts[0].StartsWith("/api/v1/calls/", StringComparison.Ordinal)
            ? "01234567-89ab-4def-8123-456789abcdef"
            : parts[0].StartsWith("/api/v1/room", StringComparison.Ordinal) ? "800" : "no-such-thing";
        var path = Field().Replace(parts[0], field => Fields.GetValueOrDefault(field.Groups["name"].Value, otherwise));
        var values = parts.Length == 2 ? string.Join('&', parts[1].Split('&').Where(pair => !pair.EndsWith('='))) : "";
        return values.Length > 0 ? $"{path}?{values}" : path;
    }

    // Code spans that are whole JSON objects; one with an ellipsis only shows a shape.
    private static List<JsonElement> Bodies(string text)
    {
        var bodies = new List<JsonElement>();
        foreach (Match span in Code().Matches(text))
        {
            if (span.Groups["code"].Value.Contains('…', StringComparison.Ordinal))
                continue;

            try
            {
                bodies.Add(JsonDocument.Parse(span.Groups["code"].Value).RootElement);
            }
            catch (JsonException)
            {
                // Names of fields in braces: a shape.
            }
        }

        return bodies;
    }

    [GeneratedRegex(@"^\| `(?<method>GET|POST|PUT|PATCH|DELETE) (?<path>/[^`]*)` \|(?<text>.*)$")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<code>\{[^`]*\})`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\{(?<name>\w+)(:\w+)?\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^curl (?:[^\n]*-d '(?<body>\{[^\n]*\})' )?[^\n]*http://127\.0\.0\.1:3000(?<path>/\S*)$", RegexOptions.Multiline)]
    private static partial Regex Curl();

    [GeneratedRegex(@"'(?<body>\{""[^'…]*\})'")]
    private static partial Regex Quoted();

    private static string Page(string name = "api.md", [CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "..", "..", "..", "docs", name));
}
