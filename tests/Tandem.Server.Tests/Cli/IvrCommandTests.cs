namespace Tandem.Server.Cli;

public sealed class IvrCommandTests : IDisposable
{
    private const string Flow = """
        name: Main menu
        steps:
          menu: { do: menu, prompt: conf-welcome, keys: { 1: office, 2: account }, onSilent: office }
          account: { do: collect, min: 4, into: account, next: ask }
          ask: { do: http, url: "https://crm.example.org/${account}", save: { who: name }, next: hello }
          hello: { do: say, text: "Hello ${who}", next: office }
          office: { do: transfer, to: "extension:100", onBusy: busy }
          busy: { do: hangup, prompt: is-busy }
        """;

    private readonly CliRun _run = new();

    public IvrCommandTests() => Directory.CreateDirectory(_run.Folder.At("data"));

    [Fact]
    public async Task A_flow_is_kept_listed_shown_and_removed()
    {
        var file = Write("main.yaml", Flow);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("ivr", "set", "main", file));
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("ivr", "list"));
        Assert.Contains("Main menu", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("ivr", "show", "main"));
        Assert.Equal(Flow, _run.Output.TrimEnd());
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("ivr", "remove", "main"));
        Assert.Equal(ExitCodes.Failed, await _run.RunAsync("ivr", "show", "main"));
    }

    [Fact]
    public async Task Faults_are_named_and_nothing_is_kept()
    {
        var file = Write("bad.yaml", "steps: { a: { do: play, prompt: hi, next: b } }");
        Assert.Equal(ExitCodes.Failed, await _run.RunAsync("ivr", "check", file));
        Assert.Contains("steps.a.next: there is no step 'b'", _run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, await _run.RunAsync("ivr", "set", "bad", file));
        Assert.Equal(ExitCodes.Failed, await _run.RunAsync("ivr", "show", "bad"));
    }

    // The limits are those of the installation, as when the flow is kept.
    [Theory]
    [InlineData("check")]
    [InlineData("try")]
    [InlineData("set", "main")]
    public async Task A_flow_is_read_with_the_limits_that_are_set(params string[] command)
    {
        _run.Environment["IVR_MAX_FLOW_STEPS"] = "5";
        _run.Input = "quit\n";
        Assert.Equal(ExitCodes.Failed, await _run.RunAsync(["ivr", .. command, Write("main.yaml", Flow)]));
        _run.Environment["IVR_MAX_FLOW_STEPS"] = "6";
        Assert.Equal(ExitCodes.Done, await _run.RunAsync(["ivr", .. command, Write("main.yaml", Flow)]));
    }

    [Fact]
    public async Task A_flow_is_tried_without_a_phone()
    {
        _run.Input = "7\n2\n4711#\n{\"name\":\"Ada\"}\nbusy\n";
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("ivr", "try", Write("main.yaml", Flow), "--caller", "+442079460000"));
        foreach (var line in new[]
        {
            "  plays  tone:error", "main/menu (menu): Done 2 -> account", "main/account (collect): Done 4711 -> ask", "GET https", "main/hello (say): Done -> office",
            "  plays  say:Hello Ada", "extension:100", "main/office (transfer): Failed, busy -> busy", "-- the exchange hangs up",
        })
        {
            Assert.Contains(line.Replace("GET https", "POST https://crm.example.org/4711", StringComparison.Ordinal), _run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Silence_and_a_hang_up_can_be_tried_too()
    {
        _run.Input = "\n\n\nquit\n";
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("ivr", "try", Write("main.yaml", Flow)));
        Assert.Contains("main/menu (menu): Silent -> office", _run.Output, StringComparison.Ordinal);
        _run.Input = "quit\n";
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("ivr", "try", Write("main.yaml", Flow)));
        Assert.Contains("main/menu (menu): Gone", _run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _run.Dispose();

    private string Write(string name, string text)
    {
        var path = _run.Folder.At(name);
        File.WriteAllText(path, text);
        return path;
    }
}
