using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Phones that share no codec talk all the same.</summary>
public class TranscodingTests
{
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
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { Codecs = callers, ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { Codecs = callees, ToneHertz = 700 });

        await caller.DialAsync("101");
        await caller.EventAsync("CALL_ESTABLISHED");
        await Task.Delay(TimeSpan.FromSeconds(4));
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED");

        var (atCaller, atCallee) = (caller.Heard(700), callee.Heard(1000));
        Assert.InRange(atCaller.Hertz, 699, 701);
        Assert.InRange(atCallee.Hertz, 999, 1001);
        Assert.InRange(atCaller.Heard.TotalSeconds, 3, 10);
        Assert.InRange(atCallee.Heard.TotalSeconds, 3, 10);
    }
}
