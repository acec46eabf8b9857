using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>
/// The flow that a registration lives on (RFC 5626): it is held open, kept alive where outbound or NAT depends on it (§4.4), and let go of.
/// </summary>
internal sealed class RegistrationFlow
{
    private readonly TrunkShard _shard;
    private readonly CallbackTimer _timer;
    private TimeSpan _interval;

    public RegistrationFlow(TrunkShard shard)
    {
        _shard = shard;
        _timer = new CallbackTimer(_ => Ping());
    }

    /// <summary>The flow; the default when there is none.</summary>
    public SipFlow Flow { get; private set; }

    private TimeSpan Jittered => _interval * (0.8 + (0.2 * _shard.Environment.Random.NextDouble()));

    /// <summary>The registration lives on this flow from now on.</summary>
    public void Hold(in SipFlow flow)
    {
        _shard.Table.LetGo(Flow.Connection);
        Flow = flow;
        _shard.Table.Hold(flow.Connection);
    }

    /// <summary>There is no flow any more.</summary>
    public void LetGo()
    {
        Hold(default);
        _shard.Environment.Wheel.Cancel(_timer);
    }

    /// <summary>Keeps the flow alive after an answer, or not: the provider may say how often (Flow-Timer).</summary>
    /// <param name="response">The answer to the REGISTER.</param>
    /// <param name="isBehindNat">The provider sees another address than ours.</param>
    public void KeepAlive(SipMessage response, bool isBehindNat)
    {
        var isOutbound = response.HasOption(HeaderName.Require, "outbound"u8);
        if (!isOutbound && !isBehindNat)
        {
            _shard.Environment.Wheel.Cancel(_timer);
            return;
        }

        _interval = Flow.IsReliable ? _shard.Options.StreamKeepAlive : _shard.Options.DatagramKeepAlive;
        if (isOutbound && response.TryGetHeader(HeaderName.FlowTimer, out var text) && ContactValue.ParseSeconds(text) is { } seconds and >= 10 and < 3_600)
            _interval = TimeSpan.FromSeconds(Math.Min(seconds, _interval.TotalSeconds));
        _shard.Environment.Wheel.Schedule(_timer, _shard.Environment.Now + Jittered);
    }

    private void Ping()
    {
        if (Flow == default)
            return;

        _shard.Environment.Engine.Ping(Flow);
        _shard.Environment.Wheel.Schedule(_timer, _shard.Environment.Now + Jittered);
    }
}
