using System.Text;
using Tandem.Calls.Security;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transport;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Registrar;

/// <summary>
/// Keeps the NAT mappings of contacts open with an OPTIONS now and then (RFC 5626 §3.5 keeps flows alive; OPTIONS is what every
/// phone answers). The first one comes at a random time within the interval, so that phones which registered together do not
/// answer together; the number in flight is bounded.
/// </summary>
internal sealed class NatKeepAlive(
    RegistrarOptions options, RegistrarShard shard, int shards, RegistrarCounters counters)
{
    private int _inFlight;

    /// <summary>Told when a contact failed as often in a row as is allowed.</summary>
    public Action<BindingEntry, Moment>? Unreachable { get; set; }

    /// <summary>Told when a contact answered.</summary>
    public Action<BindingEntry, Moment>? Seen { get; set; }

    /// <summary>OPTIONS that wait for an answer.</summary>
    public int InFlight => _inFlight;

    /// <summary>Starts, leaves or ends the keep-alive of a binding that was made or refreshed.</summary>
    public void Watch(BindingEntry entry, Moment now)
    {
        // A phone that registered a flow keeps it open by itself (RFC 5626 §4.4).
        if (!entry.Binding.BehindNat || entry.Binding.IsOutbound || entry.Binding.IsLost || options.KeepAliveInterval <= TimeSpan.Zero)
        {
            Forget(entry);
            return;
        }

        if (entry.Probe is { } probe)
        {
            probe.Failures = 0;
            return;
        }

        entry.Probe = new KeepAliveProbe(this, entry, ShardSelector.MakeCallId(shard.Index, shards, shard.Random));
        shard.Wheel.Schedule(entry.Probe, now + (options.KeepAliveInterval * shard.Random.NextDouble()));
    }

    /// <summary>Ends the keep-alive of a binding.</summary>
    public void Forget(BindingEntry entry)
    {
        if (entry.Probe is not { } probe)
            return;

        shard.Wheel.Cancel(probe);
        probe.Entry = null;
        entry.Probe = null;
    }

    public void OnDue(KeepAliveProbe probe, Moment now)
    {
        shard.Wheel.Schedule(probe, now + options.KeepAliveInterval);
        if (probe.IsInFlight || probe.Entry is not { } entry)
            return;

        // A dead contact holds its place for 32 s: the dead may fill half of the places, so that the living are still served.
        var places = probe.Failures == 0 ? options.MaxKeepAlivesInFlight : Math.Max(1, options.MaxKeepAlivesInFlight / 2);
        if (_inFlight >= places)
        {
            counters.CountKeepAliveLeftOut();
            return;
        }

        probe.CSeq++;
        probe.IsInFlight = true;
        _inFlight++;
        counters.CountKeepAliveSent();
        shard.Engine.SendRequest(BuildOptions(probe, entry.Binding), SipMethod.Options, entry.Binding.Flow, now, probe);
    }

    /// <summary>Takes an event of the engine; false when it is of no keep-alive.</summary>
    public bool Take(in SipEvent e, Moment now)
    {
        if (e.Client?.Owner is not KeepAliveProbe probe)
            return false;

        switch (e.Kind)
        {
            // Whatever a final response says: the contact is there.
            case SipEventKind.Response when e.Message?.StatusCode >= 200:
                OnAnswered(probe, now);
                break;
            case SipEventKind.Timeout or SipEventKind.TransportFailed:
                OnFailed(probe, now);
                break;
            default:
                break;
        }

        e.Message?.Release();
        return true;
    }

    private void OnAnswered(KeepAliveProbe probe, Moment now)
    {
        if (!Finish(probe))
            return;

        counters.CountKeepAliveAnswered();
        probe.Failures = 0;
        if (probe.Entry is { } entry)
            Seen?.Invoke(entry, now);
    }

    private void OnFailed(KeepAliveProbe probe, Moment now)
    {
        if (!Finish(probe))
            return;

        counters.CountKeepAliveFailed();
        probe.Failures++;
        if (probe.Entry is { } entry && options.KeepAliveFailureLimit > 0 && probe.Failures >= options.KeepAliveFailureLimit)
            Unreachable?.Invoke(entry, now);
    }

    private bool Finish(KeepAliveProbe probe)
    {
        if (!probe.IsInFlight)
            return false;

        probe.IsInFlight = false;
        _inFlight--;
        return true;
    }

    private SipWriter BuildOptions(KeepAliveProbe probe, Binding binding)
    {
        Span<byte> tag = stackalloc byte[ResponseTag.Length];
        ResponseTag.Make(shard.Random, tag);
        var host = options.Host.Length > 0 ? options.Host : shard.Engine.Addressing.HostAndPort(binding.Flow);
        return SipWriter.Request(SipMethod.Options, Encoding.UTF8.GetBytes(binding.ContactUri))
            .Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, $"<sip:{host}>;tag={Encoding.ASCII.GetString(tag)}")
            .Header(HeaderName.To, $"<{binding.ContactUri}>")
            .Header(HeaderName.CallId, probe.CallId)
            .Header(HeaderName.CSeq, $"{probe.CSeq} OPTIONS")
            .Header(HeaderName.Accept, "application/sdp");
    }
}
