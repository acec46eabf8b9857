namespace Tandem.Server.Health;

/// <summary>Looks at one part of the exchange when <c>/health/detailed</c> is asked for. Any number may be in the container.</summary>
public interface IHealthProbe
{
    /// <summary>The name of its check: <c>redis</c>, <c>disk</c>. The probe of that name replaces what the page says without one.</summary>
    string Name { get; }

    /// <summary>Looks. It takes a moment at most; what it throws, and what takes longer than the page waits, is an error.</summary>
    ValueTask<HealthCheck> CheckAsync(CancellationToken cancellation);
}
