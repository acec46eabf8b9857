using System.Diagnostics;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>SDES (RFC 4568) and DTLS-SRTP (RFC 5764) with real phones: each leg has its own keys, and the tone comes through both ways.</summary>
public class EncryptedMediaTests
{
    [Theory]
    [InlineData("srtp-mand", "", "required", "")]
    [InlineData("", "srtp-mand", "", "required")]
    [InlineData("srtp-mand", "srtp-mand", "required", "required")]
    [InlineData("dtls_srtp", "", "required", "")]
    [InlineData("", "dtls_srtp", "", "dtls")]
    [InlineData("dtls_srtp", "srtp-mand", "required", "required")]
    [InlineData("dtls_srtp", "dtls_srtp", "dtls", "dtls")]
    public async Task Two_phones_talk(string callers, string callees, string callerPolicy, string calleePolicy)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await SetAsync(server, "100", callerPolicy);
        await SetAsync(server, "101", calleePolicy);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Encryption = callers, ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Encryption = callees, ToneHertz = 700 });

        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");

        // Keys are agreed upon when packets have come through both ways; three seconds of talk begin then.
        await server.EventuallyAsync(
            "/api/rtp-streams", s => s.GetArrayLength() == 2 && s.EnumerateArray().All(d => d.GetProperty("packets").GetInt64() > 5), "both talk", seconds: 30);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");

        var last = TimeSpan.FromSeconds(5);
        var heard = (caller.Heard(700, last), callee.Heard(1000, last));
        Assert.InRange(heard.Item1.Hertz, 699, 701);
        Assert.InRange(heard.Item2.Hertz, 999, 1001);
        Assert.InRange(heard.Item1.Heard.TotalSeconds, 2, 5);
        Assert.InRange(heard.Item2.Heard.TotalSeconds, 2, 5);
    }

    // Linphone plays and records itself, baresip is plain or has keys of its own; linphone calls, and is called.
    [Theory]
    [InlineData("srtp", "required", "", "", true)]
    [InlineData("srtp", "required", "", "", false)]
    [InlineData("dtls", "required", "", "", true)]
    [InlineData("dtls", "dtls", "", "", false)]
    [InlineData("srtp", "required", "dtls_srtp", "dtls", true)]
    [InlineData("dtls", "dtls", "srtp-mand", "required", false)]
    public async Task Linphone_and_baresip_talk(string linphones, string linphonePolicy, string baresips, string baresipPolicy, bool linphoneCalls)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await SetAsync(server, "100", linphonePolicy);
        await SetAsync(server, "101", baresipPolicy);
        using var other = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Encryption = baresips, ToneHertz = 700 });
        using var linphone = await Linphone.StartAsync(scratch, server, new LinphoneOptions("100") { Encryption = linphones, ToneHertz = 1000 });
        var clock = Stopwatch.StartNew();
        if (linphoneCalls)
        {
            linphone.Call("101");
        }
        else
        {
            await other.DialAsync("100");
            await linphone.LineAsync("incoming call");
            linphone.Answer();
        }

        await other.EventAsync("CALL_ESTABLISHED");
        await linphone.LineAsync("Media streams established");
        await Task.Delay(TimeSpan.FromSeconds(4));
        await other.HangUpAsync();
        await server.EventuallyAsync("/api/calls", c => c.GetArrayLength() == 0, "the call is over");

        var longest = clock.Elapsed.TotalSeconds;
        var heard = (await linphone.HeardAsync(700), other.Heard(1000));
        Assert.InRange(heard.Item1.Hertz, 699, 701);
        Assert.InRange(heard.Item2.Hertz, 999, 1001);
        Assert.InRange(heard.Item1.Heard.TotalSeconds, 1.5, longest);
        Assert.InRange(heard.Item2.Heard.TotalSeconds, 1.5, longest);
    }

    [Fact]
    public async Task Who_must_be_encrypted_is_not_called_in_the_open()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await SetAsync(server, "100", "required");
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server));

        await caller.DialAsync("101");
        var closed = await caller.EventAsync("CALL_CLOSED");
        Assert.Contains("488", closed.GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    private static async Task SetAsync(TandemServer server, string number, string policy)
    {
        if (policy.Length > 0)
            await server.CommandAsync("extensions", "set", number, "--srtp", policy);
    }
}
