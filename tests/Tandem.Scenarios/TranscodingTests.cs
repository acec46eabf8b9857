using System.Diagnostics;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Phones that share no codec talk all the same.</summary>
public class TranscodingTests
{
    // A pure tone is all prediction to Opus at 8 kHz: a decoder that misses one packet (baresip's, where its own buffer runs over) stays wrong for seconds,
    // up to full scale. With noise that no companding swallows it is right again with the next packet, as it is with a voice.
    private const int Noise = 500;

    // A busy machine leaves ticks out at the beginning of the first call of a server, and a phone may begin late: what counts is what has arrived.
    private const double Seconds = 3.6;

    [Theory]
    [InlineData("opus/48000/2", "pcma")]
    [InlineData("pcmu", "opus/48000/2")]
    [InlineData("G722/16000/1", "pcmu")]
    [InlineData("opus/48000/2", "G722/16000/1")]
    [InlineData("pcmu", "pcma")]
    [InlineData("L16/16000/1", "opus/48000/2")]
    public async Task Two_phones_without_a_common_codec(string callers, string callees)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Codecs = callers, ToneHertz = 1000, NoiseAmplitude = Noise });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Codecs = callees, ToneHertz = 700, NoiseAmplitude = Noise });

        var clock = Stopwatch.StartNew();
        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        foreach (var phone in new[] { caller, callee })
            await phone.HearsAsync(heard => heard.Samples.Length > Seconds * heard.SampleRate, $"{Seconds} s of sound");
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");
        var longest = clock.Elapsed.TotalSeconds;

        var (atCaller, atCallee) = (caller.Heard(700), callee.Heard(1000));
        Assert.InRange(atCaller.Hertz, 699, 701);
        Assert.InRange(atCallee.Hertz, 999, 1001);
        Assert.InRange(atCaller.Heard.TotalSeconds, 3, longest);
        Assert.InRange(atCallee.Heard.TotalSeconds, 3, longest);
    }
}
