namespace Tandem.Server.Hosting;

/// <summary>The phase of this server, for the health pages. Thread-safe; written by <see cref="ExchangeHost"/> only.</summary>
public sealed class HostState
{
    private readonly TimeProvider _time;
    private readonly long _startedTimestamp;
    private int _phase = (int)HostPhase.Starting;

    public HostState(TimeProvider time)
    {
        _time = time;
        _startedTimestamp = time.GetTimestamp();
        StartedAt = time.GetUtcNow();
    }

    /// <summary>When the process began to serve, UTC.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>For how long it runs.</summary>
    public TimeSpan Uptime => _time.GetElapsedTime(_startedTimestamp);

    public HostPhase Phase => (HostPhase)Volatile.Read(ref _phase);

    /// <summary>True when new calls are taken: what /health/ready says.</summary>
    public bool IsReady => Phase == HostPhase.Ready;

    internal void Enter(HostPhase phase) => Volatile.Write(ref _phase, (int)phase);
}
