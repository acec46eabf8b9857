using System.Net.Sockets;
using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Phones;

namespace Tandem.Scenarios;

/// <summary>
/// Keys between real phones in all their kinds: telephone-event (RFC 4733), SIP INFO with both bodies, tones in the sound. Each key comes once
/// at the far side, in order, and the exchange tells of it once.
/// </summary>
public class KeysTests
{
    private const string Digits = "19##*0";
    private const string Relay = "application/dtmf-relay";
    private const string Plain = "application/dtmf";
    private static readonly Dictionary<string, string> Settings = new() { ["CALL_TRACE_HIDE_DIGITS"] = "false" };

    [Fact]
    public async Task Events_pass_both_ways()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        var call = await CallAsync(server);
        Assert.Equal(Digits, await TypeAsync(caller.PressAsync, callee.KeyAsync));
        Assert.Equal(Digits, await TypeAsync(callee.PressAsync, caller.KeyAsync));
        await AssertToldAsync(server, call, ("Caller", Digits), ("Callee", Digits));
    }

    // A phone that sends its keys as INFO and as event at once is what the third row is.
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Linphone_s_keys_reach_baresip_and_back(bool asEvents, bool asInfo)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        using var caller = await Linphone.StartAsync(scratch, server, new LinphoneOptions("100")
        {
            // Over UDP linphone keeps an INFO back until the transaction of the one before is over, 5 s: far behind its events, when it sends both.
            Transport = asEvents ? "udp" : "tcp",
            KeysAsEvents = asEvents,
            KeysAsInfo = asInfo,
        });
        caller.Call("101");
        await callee.EventAsync("CALL_ESTABLISHED");
        var call = await CallAsync(server);
        await caller.LineAsync("Media streams established");
        Assert.Equal(Digits, await TypeAsync(key => { caller.Press(key); return Task.CompletedTask; }, callee.KeyAsync));
        Assert.Equal(Digits, await TypeAsync(callee.PressAsync, caller.KeyAsync));
        await AssertToldAsync(server, call, ("Caller", Digits), ("Callee", Digits));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Info_of_a_phone_becomes_events_and_events_become_info(bool agreesOnEvents)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));
        using var caller = await WirePhone.ConnectAsync(server, "100", ProtocolType.Tcp);
        using var sound = new RtpTalk(agreesOnEvents);
        await caller.RegisterAsync();
        var answer = await EstablishAsync(server, caller, sound, "INVITE, ACK, BYE, INFO");
        var call = await CallAsync(server);
        var cseq = answer.CSeq;
        var heard = "";
        foreach (var (key, type) in new[] { ('1', Relay), ('9', Plain), ('#', Relay), ('#', Plain), ('*', Relay), ('0', Plain) })
        {
            await caller.InformAsync(answer, ++cseq, type, type == Plain ? key.ToString() : $"Signal={key}\r\nDuration=160\r\n");
            heard += await callee.KeyAsync();
        }

        // Counted here: a key may have come before anybody waits for it.
        var count = 0;
        Assert.Equal(Digits, heard);
        heard = await TypeAsync(callee.PressAsync, async () =>
        {
            if (agreesOnEvents)
                return await EventuallyAsync(() => sound.Events, ++count);
            var info = await caller.ExpectAsync("INFO");
            await caller.ReplyAsync(info, 200);
            return info.Body[0];
        });
        Assert.Equal(Digits, heard);
        await AssertToldAsync(server, call, ("Caller", Digits), ("Callee", Digits));
        await caller.HangUpAsync(answer);
        Assert.Equal("", sound.Tones);
        Assert.Equal(agreesOnEvents ? Digits : "", sound.Events);
    }

    // A phone that knows neither events nor INFO.
    [Fact]
    public async Task Tones_become_events_and_events_become_tones()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneAmplitude = 0 });
        using var caller = await WirePhone.ConnectAsync(server, "100", ProtocolType.Tcp);
        await caller.RegisterAsync();
        for (var attempt = 1; ; attempt++)
        {
            using var sound = new RtpTalk(takesEvents: false);
            var answer = await EstablishAsync(server, caller, sound, "INVITE, ACK, BYE");
            var call = await CallAsync(server);
            sound.Press(Digits);
            await ToldAsync(server, call, Digits.Length);

            // A machine that did not let us send in time made holes in what we sent: that call proves nothing.
            if (sound.WorstMilliseconds > 40 && attempt < 10)
            {
                await caller.HangUpAsync(answer);
                await callee.EventAsync("CALL_CLOSED");
                continue;
            }

            var heard = "";
            foreach (var _ in Digits)
                heard += await callee.KeyAsync();
            Assert.Equal(Digits, heard);
            var count = 0;
            Assert.Equal(Digits, await TypeAsync(callee.PressAsync, () => EventuallyAsync(() => sound.Tones, ++count)));
            await AssertToldAsync(server, call, ("Caller", Digits), ("Callee", Digits));
            await caller.HangUpAsync(answer);
            Assert.Equal((Digits, ""), (sound.Tones, sound.Events));
            return;
        }
    }

    // One key after the other: the next is pressed when the one before has arrived, so that what comes twice is seen in the order.
    private static async Task<string> TypeAsync(Func<char, Task> press, Func<Task<char>> heard)
    {
        var keys = "";
        foreach (var key in Digits)
        {
            await press(key);
            keys += await heard();
        }

        return keys;
    }

    private static async Task<char> EventuallyAsync(Func<string> keys, int length)
    {
        for (var i = 0; keys().Length < length; i++)
        {
            Assert.True(i < 1_200, $"only \"{keys()}\" came");
            await Task.Delay(50);
        }

        return keys()[length - 1];
    }

    private static async Task<WireMessage> EstablishAsync(TandemServer server, WirePhone caller, RtpTalk sound, string allow)
    {
        var answer = await caller.AskAsync("INVITE", "101", caller.Contact() + $"Allow: {allow}\r\n", sound.Sdp);
        Assert.True(answer.Status == 200, answer + "\n" + server.Process.Output);
        await caller.AcknowledgeAsync(answer);
        sound.Talk(answer.Body);
        return answer;
    }

    private static async Task<string> CallAsync(TandemServer server)
    {
        var calls = await server.EventuallyAsync(
            "/api/calls", c => c.GetArrayLength() == 1 && c[0].GetProperty("state").GetString() == "ESTABLISHED", "the call is up");
        return calls[0].GetProperty("id").GetString()!;
    }

    private static IEnumerable<JsonElement> KeysOf(JsonElement trace) => trace.GetProperty("data").GetProperty("entries").EnumerateArray()
        .Where(e => e.GetProperty("name").GetString() == "CallDigit").Select(e => e.GetProperty("details"));

    private static Task<JsonElement> ToldAsync(TandemServer server, string call, int count) =>
        server.EventuallyAsync($"/api/v1/calls/{call}/trace", t => KeysOf(t).Count() >= count, $"{count} keys are told");

    private static async Task AssertToldAsync(TandemServer server, string call, params (string By, string Digits)[] expected)
    {
        var trace = await ToldAsync(server, call, expected.Sum(e => e.Digits.Length));
        foreach (var (by, digits) in expected)
        {
            var told = string.Concat(KeysOf(trace).Where(k => k.GetProperty("by").GetString() == by).Select(k => k.GetProperty("digit").GetString()));
            Assert.True(told == digits, $"{by}: {told} instead of {digits}\n{await server.Http.GetStringAsync($"/api/v1/calls/{call}/trace?format=ladder")}");
        }
    }
}
