namespace Tandem.Cluster.Harness;

/// <summary>Time that passes when a test says so; its timers are those of the system.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _ticks = 1_000_000_000_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(double seconds) => Interlocked.Add(ref _ticks, TimeSpan.FromSeconds(seconds).Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());
}
