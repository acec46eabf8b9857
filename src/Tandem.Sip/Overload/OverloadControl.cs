using Tandem.Core.Time;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Overload;

/// <summary>
/// Refuses work that a shard has no time for, early and cheaply, so that the work which it has accepted goes on (RFC 6357 §4; the
/// answer is 503 with Retry-After, RFC 3261 §21.5.4). It is told how far the shard is behind and decides at once in both
/// directions; a level is left at half of the lag that entered it. Owned by the shard's loop; levels and counts are read by anyone.
/// </summary>
public sealed class OverloadControl
{
    private readonly OverloadOptions _options;
    private readonly TimerWheel _wheel;
    private readonly Random _random;
    private readonly CallbackTimer _calm;
    private volatile byte _level;
    private bool _isReported;
    private Moment _began;
    private Moment _last;
    private long _lagTicks;
    private long _refused;
    private long _refusedBefore;
    private TimeSpan _mostLag;
    private double _mostPressure;

    public OverloadControl(OverloadOptions options, TimerWheel wheel, Random random)
    {
        _options = options;
        _wheel = wheel;
        _random = random;
        _calm = new CallbackTimer(_ => ReportEnd());
    }

    /// <summary>What is refused now.</summary>
    public OverloadLevel Level => (OverloadLevel)_level;

    /// <summary>How far the shard was behind when it last said so.</summary>
    public TimeSpan Lag => new(Volatile.Read(ref _lagTicks));

    /// <summary>Requests refused since the start.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Hears, on the loop, of the begin and the end of an overload; at most once each in <see cref="OverloadOptions.QuietTime"/>.</summary>
    public Action<OverloadReport>? Changed { get; set; }

    /// <summary>
    /// True for an INVITE that calls for help: it is refused no sooner than what is in dialogs (RFC 7339 §5.10.1). Asked on the loop, while the shard is behind, before anybody has proved himself; null for none.
    /// </summary>
    public Func<SipMessage, bool>? IsForHelp { get; set; }

    /// <summary>Takes the signals.</summary>
    /// <param name="lag">How long what waits for the shard, in sockets and mailbox, will take it at its present pace.</param>
    /// <param name="pressure">How full the queue to the database is, 0 to 1.</param>
    /// <param name="now">The time.</param>
    public void Observe(TimeSpan lag, double pressure, Moment now)
    {
        Volatile.Write(ref _lagTicks, lag.Ticks);
        var before = Level;
        var level = LevelFor(lag, pressure, before);
        _level = (byte)level;
        if (level == OverloadLevel.None)
        {
            if (before != OverloadLevel.None)
                _wheel.Schedule(_calm, now + _options.QuietTime);
            return;
        }

        _last = now;
        if (before == OverloadLevel.None)
            _wheel.Cancel(_calm);
        if (_isReported)
        {
            _mostLag = lag > _mostLag ? lag : _mostLag;
            _mostPressure = Math.Max(pressure, _mostPressure);
            return;
        }

        _isReported = true;
        _began = now;
        _refusedBefore = _refused;
        _mostLag = lag;
        _mostPressure = pressure;
        Changed?.Invoke(new OverloadReport(false, lag, pressure, 0, TimeSpan.Zero));
    }

    /// <summary>True when a request that belongs to no transaction yet is to be answered 503; it is counted then.</summary>
    internal bool Refuses(SipMessage request)
    {
        var level = Level;
        if (level == OverloadLevel.None || level < LevelOf(request))
            return false;

        Volatile.Write(ref _refused, _refused + 1);
        return true;
    }

    /// <summary>The value of Retry-After, seconds.</summary>
    internal long NextRetryAfter() =>
        (long)_options.RetryAfter.TotalSeconds + _random.Next((int)_options.RetryAfterSpread.TotalSeconds + 1);

    // The level at which a request is refused first.
    private OverloadLevel LevelOf(SipMessage request)
    {
        if (request.ToTag.Length > 0 && request.Method != SipMethod.Register)
        {
            return request.Method is SipMethod.Bye or SipMethod.Prack or SipMethod.Cancel or SipMethod.Ack
                ? OverloadLevel.InsideDialogs + 1
                : OverloadLevel.InsideDialogs;
        }

        return request.Method switch
        {
            SipMethod.Register => OverloadLevel.NewWork,
            SipMethod.Invite when IsForHelp?.Invoke(request) is true => OverloadLevel.InsideDialogs,
            SipMethod.Invite when !request.Has(HeaderName.Replaces) && !request.Has(HeaderName.Join) => OverloadLevel.NewWork,
            _ => OverloadLevel.OutsideDialogs,
        };
    }

    private OverloadLevel LevelFor(TimeSpan lag, double pressure, OverloadLevel now)
    {
        if (_options.LagLimit <= TimeSpan.Zero)
            return OverloadLevel.None;
        if (IsBehind(lag, _options.InsideDialogsLag, now >= OverloadLevel.InsideDialogs))
            return OverloadLevel.InsideDialogs;
        if (IsBehind(lag, _options.OutsideDialogsLag, now >= OverloadLevel.OutsideDialogs))
            return OverloadLevel.OutsideDialogs;
        if (IsBehind(lag, _options.LagLimit, now >= OverloadLevel.NewWork) || pressure >= _options.PressureLimit)
            return OverloadLevel.NewWork;

        return OverloadLevel.None;
    }

    private static bool IsBehind(TimeSpan lag, TimeSpan limit, bool isIn) => isIn ? lag > limit / 2 : lag >= limit;

    private void ReportEnd()
    {
        _isReported = false;
        Changed?.Invoke(new OverloadReport(true, _mostLag, _mostPressure, _refused - _refusedBefore, _last - _began));
    }
}
