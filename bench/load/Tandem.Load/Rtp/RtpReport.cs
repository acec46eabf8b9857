namespace Tandem.Load;

/// <summary>What a run showed, over its plateau.</summary>
public sealed record RtpReport(long Sent, long Returned, double Seconds, double ServerCpu, double GeneratorCpu, double MedianMilliseconds, double P99Milliseconds)
{
    public string Text(string name, int calls)
    {
        var share = 100 * ServerCpu / Seconds;
        var generator = 100 * GeneratorCpu / Seconds;
        var note = generator > 90 && share < 90 ? "  GENERATOR-BOUND" : "";
        return $"{name,-10} {calls,5} calls {Sent / Seconds,9:0} packets/s   {1e6 * ServerCpu / Math.Max(1, Returned),6:0.00} us CPU per relayed packet   "
            + $"{Returned / Math.Max(1e-9, ServerCpu),8:0} per CPU second   lost {100.0 * (Sent - Returned) / Math.Max(1, Sent):0.00} %   "
            + $"latency {MedianMilliseconds:0.00} / {P99Milliseconds:0.00} ms   server core {share:0} %   generator core {generator:0} %{note}";
    }
}
