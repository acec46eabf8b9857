using System.Globalization;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Core.Time;
using Tandem.Sip.Transport;

namespace Tandem.Cluster.Limits;

/// <summary>
/// Wrong credentials are counted for all nodes together: who guesses at several of them in turn is banned as early as who guesses at one. Each node counts by
/// itself as well, and alone while the others cannot be asked.
/// </summary>
public sealed class SharedFailures(ISharedCounter counter, BanList bans, SourceGuardOptions options, Clock clock, TimeProvider time) : IEventSink
{
    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (exchangeEvent is AuthenticationFailed { BannedFor: null } failed && options.MaxFailures > 0 && counter.IsConnected)
            _ = CountAsync(failed);
    }

    /// <summary>Counts one failure, and bans its source when it is one too many. Never fails.</summary>
    internal async Task CountAsync(AuthenticationFailed failed)
    {
        var source = bans.Prefix(failed.Source);
        var window = time.GetUtcNow().UtcTicks / options.FailureWindow.Ticks;
        var key = string.Create(CultureInfo.InvariantCulture, $"sip:{source.HostText()}:{window}");
        if (await counter.CountAsync(key, 1, options.FailureWindow) is { } sum && sum >= options.MaxFailures)
            bans.Impose(failed.Source, "wrong credentials at several nodes", (int)Math.Min(sum, int.MaxValue), clock.Now);
    }
}
