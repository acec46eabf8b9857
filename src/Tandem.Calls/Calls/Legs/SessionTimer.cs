using Tandem.Core.Time;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// The session timer of one leg (RFC 4028): negotiates interval and refresher, and tells the leg when to refresh or that the
/// session expired. Each leg has its own; a refresh on one is no business of the other.
/// </summary>
internal sealed class SessionTimer : TimerEntry
{
    /// <summary>RFC 4028 §4: no interval is shorter.</summary>
    private const int LeastInterval = 90;

    /// <summary>A peer that wants refreshes less often than once a day does not want them.</summary>
    private const int MostInterval = 86_400;

    private readonly Leg _leg;
    private int _minimum;
    private Moment _expiresAt = Moment.Never;

    public SessionTimer(Leg leg) => _leg = leg;

    /// <summary>The interval in force, seconds; 0 when the session never expires.</summary>
    public int Interval { get; private set; }

    /// <summary>True when we refresh, false when the phone does.</summary>
    public bool WeRefresh { get; private set; }

    /// <summary>The phone speaks RFC 4028.</summary>
    public bool PeerSupports { get; private set; }

    private CallOptions Options => _leg.Call.Options;

    public void Learn(SipMessage message)
    {
        if (message.Has(HeaderName.Supported))
            PeerSupports = message.HasOption(HeaderName.Supported, "timer"u8);
        if (message.IsRequest)
            LearnMinimum(message);
    }

    /// <summary>The Min-SE of the 422 that a request deserves (§9); 0 when it is acceptable.</summary>
    public static int RefusalOf(SipMessage request, CallOptions options)
    {
        if (!options.SessionTimers || !request.HasOption(HeaderName.Supported, "timer"u8) || !request.TryGetSessionExpires(out var wanted))
            return 0;

        var least = Math.Max(options.MinSessionExpires, LeastInterval);
        return wanted.Seconds < least ? least : 0;
    }

    /// <summary>We are the UAS: chooses interval and refresher by table 2 of §9, writes them into the 2xx and starts.</summary>
    public void Accept(SipMessage request, SipWriter response)
    {
        if (!Options.SessionTimers)
            return;

        var supports = request.HasOption(HeaderName.Supported, "timer"u8);
        var ours = Math.Max(Options.SessionExpires, Math.Max(_minimum, LeastInterval));
        bool we;
        int interval;
        if (request.TryGetSessionExpires(out var wanted))
        {
            interval = (int)Math.Min(Math.Max(wanted.Seconds, (uint)Math.Max(_minimum, LeastInterval)), (uint)ours);
            we = wanted.Refresher == SessionRefresher.Uas || (wanted.Refresher == SessionRefresher.None && !supports);
        }
        else
        {
            interval = ours;
            we = Interval == 0 || WeRefresh || !supports;
        }

        response.Begin(HeaderName.SessionExpires).Append(interval).Append(we ? ";refresher=uas"u8 : ";refresher=uac"u8).End();
        if (supports)
            response.Header(HeaderName.Require, "timer"u8);
        Start(interval, we);
    }

    /// <summary>We are the UAC: asks for our interval, or keeps the one in force with its roles (§7.1, §7.4).</summary>
    public void Offer(SipWriter request)
    {
        if (!Options.SessionTimers)
            return;

        var interval = Math.Max(Interval == 0 ? Options.SessionExpires : Interval, Math.Max(_minimum, LeastInterval));
        request.Begin(HeaderName.SessionExpires).Append(interval);
        if (Interval > 0)
            request.Append(WeRefresh || !PeerSupports ? ";refresher=uac"u8 : ";refresher=uas"u8);
        request.End();
        if (_minimum > LeastInterval)
            request.Header(HeaderName.MinSE, _minimum);
    }

    /// <summary>The 2xx to a request with <see cref="Offer"/>. Without Session-Expires the peer does not know timers: we refresh (§7.2).</summary>
    public void Succeeded(SipMessage response)
    {
        if (!Options.SessionTimers)
            return;

        if (response.TryGetSessionExpires(out var granted))
            Start((int)Math.Clamp(granted.Seconds, LeastInterval, MostInterval), granted.Refresher != SessionRefresher.Uas);
        else
            Start(Math.Max(Options.SessionExpires, Math.Max(_minimum, LeastInterval)), weRefresh: true);
    }

    /// <summary>Takes over the Min-SE of a 422 (§7.3). False when there is none, or none that makes a difference.</summary>
    public bool TryRaise(SipMessage response) => LearnMinimum(response);

    /// <summary>True when the reply is a 422 after which the request is worth another try, with the longer interval.</summary>
    public bool IsRaisedBy(in Reply reply) => reply is { Status: 422, Message: { } response } && TryRaise(response);

    /// <summary>A refresh failed for now: the session lives on until it expires.</summary>
    public void WaitForExpiry()
    {
        if (_expiresAt != Moment.Never)
            _leg.Call.Environment.Wheel.Schedule(this, _expiresAt);
    }

    public void Stop()
    {
        Interval = 0;
        _expiresAt = Moment.Never;
        _leg.Call.Environment.Wheel.Cancel(this);
    }

    protected override void OnDue(Moment now)
    {
        if (WeRefresh && now < _expiresAt)
            _leg.Call.Post(new CallSignal(CallSignalKind.RefreshDue, _leg));
        else
            _leg.Call.Post(new CallSignal(CallSignalKind.LegLost, _leg, Reason: EndReason.SessionExpired));
    }

    // §7.2, §10: half-way when we refresh; else a little before the end, to be sure that the peer is gone.
    private void Start(int interval, bool weRefresh)
    {
        Interval = interval;
        WeRefresh = weRefresh;
        var now = _leg.Call.Now;
        var patience = weRefresh ? interval : interval - Math.Min(32, interval / 3);
        _expiresAt = now + TimeSpan.FromSeconds(patience);
        _leg.Call.Environment.Wheel.Schedule(this, weRefresh ? now + TimeSpan.FromSeconds(interval / 2.0) : _expiresAt);
    }

    private bool LearnMinimum(SipMessage message)
    {
        if (!message.TryGetHeader(HeaderName.MinSE, out var value) || ContactValue.ParseSeconds(BeforeParams(value)) is not { } seconds
            || seconds <= _minimum || seconds > MostInterval)
            return false;

        _minimum = (int)seconds;
        return true;
    }

    private static ReadOnlySpan<byte> BeforeParams(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        return SipText.Trim(semicolon < 0 ? value : value[..semicolon]);
    }
}
