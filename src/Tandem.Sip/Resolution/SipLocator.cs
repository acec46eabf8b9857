using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Resolution;

/// <summary>
/// Where a SIP or SIPS URI leads (RFC 3263 §4), on one shard. Sans-IO: the questions leave through the resolver's channel, and what
/// can be told without one is told at once. It also knows which targets rest because they failed.
/// </summary>
public sealed class SipLocator
{
    private static readonly int Kinds = Enum.GetValues<SipTransportKind>().Length;

    private readonly RestList _rest;
    private readonly bool[] _v4 = new bool[Kinds];
    private readonly bool[] _v6 = new bool[Kinds];

    public SipLocator(ResolutionOptions options, TimerWheel wheel, Random random)
    {
        Options = options;
        Random = random;
        Resolver = new DnsResolver(options, wheel, Counters);
        _rest = new RestList(options);
        SetReach(SipTransportKind.Udp, v4: true, v6: false);
        SetReach(SipTransportKind.Tcp, v4: true, v6: false);
    }

    public ResolutionOptions Options { get; }

    /// <summary>What was counted.</summary>
    public ResolutionCounters Counters { get; } = new();

    /// <summary>Cache and questions.</summary>
    public DnsResolver Resolver { get; }

    /// <summary>Targets that rest.</summary>
    public int Resting => _rest.Count;

    internal Random Random { get; }

    /// <summary>
    /// Says which targets a name may lead to: over which transport, with which kind of address. UDP and TCP over IPv4 until told
    /// otherwise. Addresses written in a URI are taken as they are. WS and WSS are never used: clients open them.
    /// </summary>
    public void SetReach(SipTransportKind transport, bool v4, bool v6)
    {
        _v4[(int)transport] = v4;
        _v6[(int)transport] = v6;
    }

    /// <summary>
    /// Finds the targets of <paramref name="uri"/>. <paramref name="done"/> is called once, on the shard's loop: before this returns
    /// for addresses and for what is in the cache, later otherwise; with an empty list when the URI leads nowhere.
    /// </summary>
    /// <param name="uri">A URI without brackets: a Request-URI, or the URI of a Route (RFC 3261 §8.1.2).</param>
    /// <param name="now">The time.</param>
    /// <param name="done">Gets the targets and the time at which they were found.</param>
    public void Locate(ReadOnlySpan<byte> uri, Moment now, Action<SipTargetList, Moment> done)
    {
        if (!SipUriValue.TryParse(uri, out var value) || value.Scheme is not (UriScheme.Sip or UriScheme.Sips))
        {
            done(SipTargetList.Nowhere(LocateFailure.NotLocatable), now);
            return;
        }

        var isSecure = value.Scheme == UriScheme.Sips;
        SipTransportKind? transport = null;
        if (value.TryGetParam("transport"u8, out var parameter) && parameter.Length > 0)
        {
            if (!SipTargets.TryReadTransport(parameter, isSecure, out var named) || named is SipTransportKind.Ws or SipTransportKind.Wss)
            {
                done(SipTargetList.Nowhere(LocateFailure.NoTransport), now);
                return;
            }

            transport = named;
        }

        // RFC 3263 §4: TARGET.
        var target = value.TryGetParam("maddr"u8, out var maddr) && maddr.Length > 0 ? maddr : value.Host;
        var port = value.Port > 0 ? value.Port : 0;
        var usual = transport ?? (isSecure ? SipTransportKind.Tls : SipTransportKind.Udp);
        if (NetAddress.TryParse(target, port > 0 ? port : SipAddressing.DefaultPort(usual), out var address))
        {
            done(SipTargetList.Of(new SipFlow(usual, default, address), NameOf(value.Host)), now);
            return;
        }

        if (!DnsName.TryParse(target, out var name))
        {
            done(SipTargetList.Nowhere(LocateFailure.NotLocatable), now);
            return;
        }

        if (DnsName.IsInvalid(name))
        {
            done(SipTargetList.Nowhere(LocateFailure.NotFound), now);
            return;
        }

        new LocateRun(this, name, NameOf(value.Host), isSecure, done).Start(transport, port, now);
    }

    /// <summary>True when the URI names a host that must be asked for: one whose address is not written in it.</summary>
    public static bool IsName(ReadOnlySpan<byte> uri)
    {
        if (!SipUriValue.TryParse(uri, out var value) || value.Scheme is not (UriScheme.Sip or UriScheme.Sips))
            return false;

        var target = value.TryGetParam("maddr"u8, out var maddr) && maddr.Length > 0 ? maddr : value.Host;
        return !NetAddress.TryParse(target, 0, out _) && DnsName.TryParse(target, out _);
    }

    /// <summary>A target did not answer or could not be reached: it rests.</summary>
    public void Failed(in SipFlow target, Moment now) => Rest(target, Options.RestTime, now);

    /// <summary>A target asked to be left alone: Retry-After of a 503 (RFC 3261 §21.5.4).</summary>
    public void Rest(in SipFlow target, TimeSpan time, Moment now)
    {
        Counters.CountRested();
        _rest.Add(target, time, now);
    }

    /// <summary>A target answered: it is there.</summary>
    public void Answered(in SipFlow target) => _rest.Remove(target);

    private static string? NameOf(ReadOnlySpan<byte> host) =>
        !NetAddress.TryParse(host, 0, out _) && DnsName.TryParse(host, out var name) ? name : null;

    internal bool Rests(in SipFlow target, Moment now) => _rest.Contains(target, now);

    internal bool Reaches(SipTransportKind transport, bool v6) => v6 ? _v6[(int)transport] : _v4[(int)transport];

    internal bool Reaches(SipTransportKind transport) => transport is not (SipTransportKind.Ws or SipTransportKind.Wss)
        && (_v4[(int)transport] || _v6[(int)transport]);
}
