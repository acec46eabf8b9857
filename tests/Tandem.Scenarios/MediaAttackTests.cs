using System.Text.Json;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>
/// Strangers send to the media ports of a real call while it rings, while both talk, and while one holds: the phones hear each other all the
/// same, nothing comes out to a stranger, each packet is counted as dropped, and memory does not grow.
/// </summary>
public class MediaAttackTests
{
    private const string Elsewhere = "127.0.0.66";
    private const string PhonesHost = "127.0.0.1";
    private const long DropsPerPhase = 2_000;
    private const long TalkedPackets = 200; // four seconds

    // RFC 3550 §8, RFC 4961, RFC 3711 §3.3, RFC 5764 §5.1.1, RFC 8445 §7.3: RTP with the wrong source or tag, RTCP, STUN and DTLS from strangers.
    [Theory]
    [InlineData("", "known", Elsewhere)]
    [InlineData("", "anybody", Elsewhere)]
    [InlineData("srtp-mand", "anybody", Elsewhere)]
    [InlineData("srtp-mand", "anybody", PhonesHost)]
    public async Task Strangers_neither_disturb_a_call_nor_hear_it(string encryption, string latch, string host)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["RTP_LATCH"] = latch });
        foreach (var number in encryption.Length > 0 ? new[] { "100", "101" } : [])
            await server.CommandAsync("extensions", "set", number, "--srtp", "required");
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Encryption = encryption, ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Encryption = encryption, ToneHertz = 700, AnswerMode = "manual" });
        using var stranger = new MediaStranger(host, server);

        await caller.DialAsync("101");
        await callee.EventAsync("CALL_INCOMING");

        // No plan is in force yet: what comes waits in the ports, and is thrown away unread when one is.
        await stranger.SprayAsync(() => Task.FromResult(stranger.Sent > DropsPerPhase));

        await callee.AcceptAsync();
        await caller.EventAsync("CALL_ESTABLISHED");
        await server.EventuallyAsync("/api/rtp-streams", s => s.GetArrayLength() == 2 && s.EnumerateArray().All(Flows), "both are heard");

        // Who may be learned is learned for as long as the phone itself has not sent; a key, or a latch that knows the hosts, leaves not even that.
        var overheard = stranger.Received;
        Assert.True(overheard == 0 || (latch == "anybody" && encryption.Length == 0), $"{overheard} packets went to a stranger");

        var memory = await MemoryAsync(server);
        await SprayUntilTalkedAsync(stranger, server, "talking");
        await caller.HoldAsync();
        await server.EventuallyAsync("/api/calls", c => c[0].GetProperty("heldByCaller").GetBoolean(), "the call is held by its caller");
        await SprayAsync(stranger, server, "held");
        await caller.ResumeAsync();
        await server.EventuallyAsync("/api/calls", c => !c[0].GetProperty("heldByCaller").GetBoolean(), "the call is resumed");
        await SprayUntilTalkedAsync(stranger, server, "resumed");

        Assert.All((await server.GetAsync("/api/rtp-streams")).EnumerateArray(), stream => Assert.True(stream.GetProperty("dropped").GetInt64() > 0, stream.ToString()));
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");

        // The phones record up to the first re-INVITE: this is what they heard while strangers sprayed. After the resume packets are counted.
        foreach (var (phone, hertz) in new[] { (caller, 700.0), (callee, 1000.0) })
        {
            var heard = phone.Heard(hertz);
            Assert.InRange(heard.Hertz, hertz - 1, hertz + 1);
            Assert.True(heard.Heard > TimeSpan.FromSeconds(2.5), $"{phone.Options.Number} heard only {heard}");
        }

        Assert.Equal(overheard, stranger.Received);
        Assert.True(stranger.Ssrcs > DropsPerPhase, $"{stranger.Ssrcs} sources");
        var statistics = await server.GetAsync("/api/statistics");
        var dropped = Dropped(statistics);
        Assert.Equal(0, statistics.GetProperty("media").GetProperty("failures").GetInt64());
        Assert.True(dropped.GetProperty("dtls").GetInt64() > 0 && dropped.GetProperty("stun").GetInt64() > 0, dropped.ToString());
        Assert.True(dropped.GetProperty(encryption.Length > 0 && host == PhonesHost ? "badTag" : "stranger").GetInt64() > 0, dropped.ToString());
        var history = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call is in the history");
        Assert.Equal("NORMAL", history[0].GetProperty("terminationReason").GetString());

        // A source that was remembered would cost 200 bytes at least; what the call itself makes the server load and compile is far more.
        Assert.InRange(await MemoryAsync(server) - memory, long.MinValue, 64L << 20);
    }

    private static bool Flows(JsonElement stream) => stream.GetProperty("packets").GetInt64() > 50;

    private static JsonElement Dropped(JsonElement statistics) => statistics.GetProperty("media").GetProperty("dropped");

    private static async Task SprayAsync(MediaStranger stranger, TandemServer server, string phase)
    {
        var before = await CountAsync(server);
        var until = DateTime.UtcNow.AddSeconds(120);
        var rounds = 0;
        await stranger.SprayAsync(async () =>
        {
            Assert.True(DateTime.UtcNow < until, $"{phase}: {stranger.Sent} packets were sent and {await CountAsync(server) - before} counted as dropped");
            return ++rounds % 10 == 0 && await CountAsync(server) - before >= DropsPerPhase;
        });
    }

    // Sprays until both phones have talked for four seconds under it.
    private static async Task SprayUntilTalkedAsync(MediaStranger stranger, TandemServer server, string phase)
    {
        var before = await PacketsAsync(server);
        do
            await SprayAsync(stranger, server, phase);
        while ((await PacketsAsync(server)).Zip(before, (now, then) => now - then).Any(packets => packets < TalkedPackets));
    }

    private static async Task<long> CountAsync(TandemServer server) =>
        Dropped(await server.GetAsync("/api/statistics")).EnumerateObject().Sum(reason => reason.Value.GetInt64());

    private static async Task<long[]> PacketsAsync(TandemServer server) =>
        [.. (await server.GetAsync("/api/rtp-streams")).EnumerateArray().Select(stream => stream.GetProperty("packets").GetInt64())];

    private static async Task<long> MemoryAsync(TandemServer server) =>
        (await server.GetAsync("/api/statistics")).GetProperty("server").GetProperty("memory").GetProperty("rss").GetInt64();
}
