using System.Text.Json;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Heard = Tandem.Calls.Calls.Programs.Prompt;

namespace Tandem.Server.Rest;

/// <summary><c>POST /api/v1/calls</c> for a call, and the words of <c>/calls/{id}/commands</c>.</summary>
public sealed class CallControlResourceTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Calls = "/api/v1/calls";

    [Fact]
    public async Task A_call_is_begun_with_what_was_asked()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(
            HttpMethod.Post, Calls, new { from = "100", to = "+442079460000", profile = "main", ringSeconds = 20, variables = new Dictionary<string, string> { ["case"] = "7" } });
        Assert.Equal(201, status);
        var data = JsonDocument.Parse(body).RootElement.GetProperty("data");
        Assert.Equal(("01COMMAND", "INITIATED", FakeExchange.Record(9).Id.Value), (data.GetProperty("commandId").GetString(), data.GetProperty("state").GetString(), data.GetProperty("id").GetString()));
        var (tenant, order) = Assert.Single(server.Exchange.Wanted);
        Assert.Equal((TenantId.Default, "100", "trunk:+442079460000@main", "+442079460000"), (tenant, order.From.ToString(), order.To.ToString(), order.ToNumber));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60), "7"), (order.RingTimeout, order.ConnectTimeout, order.Variables["case"]));
        await server.Storage.Writer.FlushAsync(TestContext.Current.CancellationToken);
        var audit = await server.JsonAsync("/api/v1/audit?action=call.originate");
        Assert.Equal(1, audit.GetProperty("data").GetProperty("entries").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"from":"100"}""", "to")]
    [InlineData("""{"to":"100"}""", "from")]
    [InlineData("""{"from":"nobody:1","to":"100"}""", "from")]
    [InlineData("""{"from":"100","to":"101","ringSeconds":0}""", "ringSeconds")]
    [InlineData("""{"from":"100","to":"101","connectSeconds":301}""", "connectSeconds")]
    [InlineData("""{"from":"100","to":"queue:sales","profile":"main"}""", "profile")]
    [InlineData("""{"from":"100","to":"101","variables":{"":"x"}}""", "variables")]
    public async Task What_cannot_be_called_is_refused_with_the_field(string body, string field)
    {
        var server = shared.Server;
        var (status, answer) = await server.SendAsync(HttpMethod.Post, Calls, JsonDocument.Parse(body).RootElement);
        Assert.Equal((400, field), (status, JsonDocument.Parse(answer).RootElement.GetProperty("field").GetString()));
        Assert.Empty(server.Exchange.Wanted);
    }

    [Fact]
    public async Task An_exchange_that_takes_no_more_says_so()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Originated = new OriginationReply(CommandResult.Unavailable, null, Text: "full");
        Assert.Equal((503, """{"success":false,"error":"full","code":"REFUSED"}"""), await server.SendAsync(HttpMethod.Post, Calls, new { from = "100", to = "101" }));
    }

    [Theory]
    [InlineData("""{"command":"hold"}""", "HoldCommand { Name = hold, Held = Callee, On = True }")]
    [InlineData("""{"command":"unmute","leg":"caller"}""", "MuteCommand { Name = unmute, Side = Caller, On = False }")]
    [InlineData("""{"command":"transfer","to":"102"}""", "TransferCommand { Name = transfer, Moved = Caller, To = 102 }")]
    [InlineData("""{"command":"swap"}""", "DecideCommand { Name = swap, Step = Swap }")]
    [InlineData("""{"command":"unbridge"}""", "PartCommand { Name = unbridge, On = True }")]
    [InlineData("""{"command":"stop"}""", "StopCommand { Name = stop, Side =  }")]
    [InlineData("""{"command":"hangup"}""", "HangUpCommand { Name = hangup, Cause = 16 }")]
    public async Task A_word_becomes_a_command(string body, string command)
    {
        var server = shared.Server;
        server.Exchange.Commands.Clear();
        await server.SendAsync(HttpMethod.Post, $"{Calls}/one/commands", JsonDocument.Parse(body).RootElement);
        Assert.Equal(command, Assert.Single(server.Exchange.Commands).Command.ToString());
    }

    [Fact]
    public async Task Longer_ones_too()
    {
        await using var server = await ApiServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, $"{Calls}/one/commands", new { command = "collect", leg = "callee", max = 4, terminator = "", firstSeconds = 2.5 });
        await server.SendAsync(HttpMethod.Post, $"{Calls}/one/commands", new { command = "play", leg = "caller", play = new[] { "tone:busy" }, loop = true });
        await server.SendAsync(HttpMethod.Post, $"{Calls}/one/commands", new { command = "consult", to = "extension:102" });
        await server.SendAsync(HttpMethod.Post, $"{Calls}/one/commands", new { command = "bridge", with = "two", withLeg = "caller" });
        Assert.Equal(
            [
                new CollectCommand(Tandem.Calls.Calls.CallSide.Callee, 4, null, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)),
                new PlayCommand(Tandem.Calls.Calls.CallSide.Caller, new Heard(new PromptPart.Tone("busy")), true, ""),
                new ConsultCommand(Tandem.Calls.Calls.CallSide.Callee, new Destination.Extension("102"), "102"),
                new BridgeCommand(Tandem.Calls.Calls.CallSide.Caller, new Tandem.Calls.Calls.CallId("two"), Tandem.Calls.Calls.CallSide.Caller),
            ],
            server.Exchange.Commands.Select(c => c.Command));
    }

    [Theory]
    [InlineData("""{"command":"fly"}""", "command")]
    [InlineData("""{}""", "command")]
    [InlineData("""{"command":"mute"}""", "leg")]
    [InlineData("""{"command":"hold","leg":"both"}""", "leg")]
    [InlineData("""{"command":"bridge"}""", "with")]
    [InlineData("""{"command":"record"}""", "action")]
    [InlineData("""{"command":"play"}""", "play")]
    [InlineData("""{"command":"say"}""", "text")]
    [InlineData("""{"command":"consult","to":"x:y"}""", "to")]
    [InlineData("""{"command":"collect","leg":"callee","terminator":"##"}""", "terminator")]
    public async Task A_member_that_is_wrong_is_named(string body, string field)
    {
        var server = shared.Server;
        server.Exchange.Commands.Clear();
        var (status, answer) = await server.SendAsync(HttpMethod.Post, $"{Calls}/one/commands", JsonDocument.Parse(body).RootElement);
        Assert.Equal((400, field), (status, JsonDocument.Parse(answer).RootElement.GetProperty("field").GetString()));
        Assert.Empty(server.Exchange.Commands);
    }

    [Fact]
    public async Task The_state_that_was_found_stands_in_the_refusal()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.CommandReply = new CommandReply(
            CommandResult.Refused, new CallControlState(FakeExchange.Call(1, Tandem.Calls.Calls.CallState.Ringing) with { HeldByCaller = true }, true, false, false), "01C", "It rings");
        var (status, answer) = await server.SendAsync(HttpMethod.Post, $"{Calls}/one/commands", new { command = "hold" });
        var body = JsonDocument.Parse(answer).RootElement;
        var call = body.GetProperty("call");
        Assert.Equal((409, "WRONG_STATE", "It rings"), (status, body.GetProperty("code").GetString(), body.GetProperty("error").GetString()));
        Assert.Equal(("RINGING", true, false, true), (call.GetProperty("state").GetString(), call.GetProperty("calleeHeld").GetBoolean(), call.GetProperty("callerHeld").GetBoolean(), call.GetProperty("callerMuted").GetBoolean()));
    }
}
