using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios.Stories;

/// <summary>What is tried, explained and applied without a phone is what the next call of a real one meets.</summary>
[Collection(StageStories.Name)]
public class ToolStories(Stage stage)
{
    private const string Flow = """
        steps:
          choose: { do: menu, prompt: "silence:10000", keys: { 1: pin }, wait: 30 }
          pin: { do: collect, min: 3, max: 3, into: pin, wait: 30, next: check }
          check: { do: branch, cases: [{ variable: pin, equals: "471", next: office }], otherwise: bye }
          office: { do: transfer, to: "extension:101", onFailed: bye }
          bye: { do: hangup }
        """;

    private TandemServer Server => stage.Server;

    [Fact]
    public async Task A_menu_that_was_tried_at_a_terminal_leads_a_phone_the_same_way()
    {
        var phones = await stage.PhonesAsync("100", "101");
        var (caller, office) = (phones[0], phones[1]);
        var file = await WriteAsync("tried.yaml", Flow);
        var tried = await Server.CommandAsync(["1", "471", "busy", "quit"], "ivr", "try", file);
        Assert.Contains("(menu): Done 1 -> pin", tried);
        Assert.Contains("(collect): Done 471 -> check", tried);
        Assert.Contains("extension:101", tried);

        await Server.CommandAsync("ivr", "set", "tried", file);
        await stage.DataAsync("/api/v1/ivr/flows", flows => flows.EnumerateArray().Any(flow => flow.GetProperty("id").GetString() == "tried"), "the server has it");
        await stage.RuleAsync("617", new { to = "ivr:tried" });
        await caller.DialAsync("617");
        await caller.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await caller.TypeAsync("1471");
        await office.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        await caller.HangUpAsync();
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, office);
        await stage.DataAsync("/api/v1/cdrs?limit=1", c => c.GetProperty("cdrs")[0].GetProperty("ivrPath").GetString() is "tried/choose/pin/check/office", "the record has the way");
    }

    [Fact]
    public async Task What_explain_says_happens_and_a_file_that_is_tried_changes_nothing()
    {
        var phones = await stage.PhonesAsync("100", "101", "102");
        await stage.RuleAsync("618", new { to = "extension:101" });
        await SaysAsync("101");
        await ReachesAsync(phones[0], phones[1]);

        var exported = await Server.CommandAsync("export");
        var at = exported.IndexOf("r618", StringComparison.Ordinal);
        var to = exported.IndexOf("extension:101", at, StringComparison.Ordinal);
        var file = await WriteAsync("office.yaml", string.Concat(exported.AsSpan(0, to), "extension:102", exported.AsSpan(to + "extension:101".Length)));
        var difference = await Server.CommandAsync("apply", file, "--dry-run");
        Assert.Contains("extension:102", difference);
        Assert.Contains("extension:101", difference);
        await SaysAsync("101");
        await ReachesAsync(phones[0], phones[1]);

        await Server.CommandAsync("apply", file);
        await SaysAsync("102");
        await stage.DataAsync("/api/v1/routing/rules/r618", rule => rule.GetRawText().Contains("extension:102", StringComparison.Ordinal), "it is applied");
        await ExplainedAsync("extension:102");
        await ReachesAsync(phones[0], phones[2]);
    }

    // What cannot work is refused as it is saved, all of it named, and what was there goes on.
    [Fact]
    public async Task Rules_that_cannot_work_are_refused_and_the_old_ones_hold()
    {
        var phones = await stage.PhonesAsync("100", "101");
        await stage.RuleAsync("618", new { to = "extension:101" });
        await RefusedAsync("/api/v1/routing/rules/r618", new { numbers = new[] { "618" }, actions = new[] { new { to = "group:of-nobody" } } }, "of-nobody");
        await RefusedAsync("/api/v1/routing/rules/r618", new { numbers = new[] { "618" }, actions = new[] { new { to = "618" } } }, "r618");
        await RefusedAsync("/api/v1/routing/rules/r618", new { numbers = new[] { "regex:(618" }, actions = new[] { new { to = "reject:480" } } }, "regex:(618");
        await RefusedAsync("/api/v1/routing/rules/r618", new { numbers = new[] { "618" }, calendar = "of-nobody", during = "open", actions = new[] { new { to = "reject:480" } } }, "of-nobody");

        // What holds and reaches nobody is saved, and named.
        var (first, second) = ("/api/v1/routing/rules/r619", "/api/v1/routing/rules/behind");
        await Server.SendAsync(HttpMethod.Put, first, new { numbers = new[] { "619" }, priority = 1, actions = new[] { new { to = "extension:128" } } });
        await Server.SendAsync(HttpMethod.Put, second, new { numbers = new[] { "619" }, priority = 2, actions = new[] { new { to = "extension:999" } } });
        var warnings = (await Server.GetAsync("/api/v1/routing")).GetProperty("data").GetProperty("warnings").GetRawText();
        Assert.Contains("behind", warnings);
        Assert.Contains("999", warnings);
        await Server.SendAsync(HttpMethod.Delete, first);
        await Server.SendAsync(HttpMethod.Delete, second);
        await ReachesAsync(phones[0], phones[1]);
    }

    private async Task RefusedAsync(string path, object body, string named)
    {
        var answer = await Server.SendAsync(HttpMethod.Put, path, body, 400);
        Assert.Equal("BAD_ROUTING", answer.GetProperty("code").GetString());
        Assert.Contains(named, answer.GetProperty("problems").GetRawText());
    }

    private async Task ReachesAsync(Baresip caller, Baresip callee)
    {
        caller.Forget();
        callee.Forget();
        await caller.DialAsync("618");
        await callee.EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED", Stage.Patience);
        await stage.SilenceAsync();
        Hearing.AssertTalk(caller, callee);
    }

    private async Task SaysAsync(string rung)
    {
        var explained = await Server.CommandAsync("explain", "100", "618");
        Assert.True(explained.Contains($"extension {rung}: rings 1 contact\nThe call would:", StringComparison.Ordinal), explained);
    }

    // The server follows what a command has stored within a second.
    private async Task ExplainedAsync(string target)
    {
        for (var until = DateTime.UtcNow.AddSeconds(Stage.Patience); ; await Task.Delay(100))
        {
            var explained = (await Server.SendAsync(HttpMethod.Post, "/api/v1/routing/explain", new { from = "100", to = "618" })).GetRawText();
            if (explained.Contains(target, StringComparison.Ordinal))
                return;
            Assert.True(DateTime.UtcNow < until, explained);
        }
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        var file = Path.Combine(stage.Scratch.Sub("files"), name);
        await File.WriteAllTextAsync(file, text);
        return file;
    }
}
