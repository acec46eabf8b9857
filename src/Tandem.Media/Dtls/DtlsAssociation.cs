using Tandem.Core.Time;
using Tandem.Media.Native;
using Tandem.Media.Srtp;

namespace Tandem.Media.Dtls;

/// <summary>
/// One DTLS association that gives SRTP its keys (RFC 5763, 5764), in either role. Datagrams and time go in, datagrams and keys come
/// out; it knows no sockets. Keys are given only to a peer whose certificate has the fingerprint of its description. What comes from
/// the network cannot end it: unsound, foreign and forged datagrams are dropped, and a handshake that goes wrong is begun anew as
/// long as its time lasts. Who may send to it at all is the caller's matter (ICE, or the latch). One loop owns it.
/// </summary>
/// <remarks>
/// Flights are sent again by libssl, whose timers follow the clock of the system: <see cref="Deadline"/> says when it wants to be
/// asked. The limit of the whole handshake follows the moments that are passed in.
/// </remarks>
public sealed partial class DtlsAssociation : IDisposable
{
    private const int MaxDatagram = 16 * 1024;
    private const int MaxPendingOutput = 64 * 1024;

    // Encrypted records that are read after each ChangeCipherSpec of a handshake; libssl keeps those that came too early, each in 16 KiB.
    private const int MaxEarlyRecords = 8;

    private const int MaxRecords = 64;

    private readonly DtlsCertificate _certificate;
    private readonly IReadOnlyList<CertificateFingerprint> _fingerprints;
    private readonly DtlsOptions _options;
    private readonly string _profiles;
    private readonly bool _verifySource;
    private SslConnection? _connection;
    private SrtpKeys? _keys;
    private UInt128? _hello;
    private Moment _limit = Moment.Never;
    private Moment _retransmit = Moment.Never;
    private Moment _budgetUntil;
    private int _datagrams;
    private int _earlyAllowance;
    private Moment _restartsUntil;
    private int _restarts;

    /// <summary>An association that has not begun.</summary>
    /// <param name="certificate">Ours.</param>
    /// <param name="isClient">We send the ClientHello: the peer said <c>a=setup:passive</c> (RFC 5763 §5).</param>
    /// <param name="fingerprints">The peer's <c>a=fingerprint</c> lines.</param>
    /// <param name="profiles">The SRTP profiles that we take, in our order.</param>
    /// <param name="options">Limits.</param>
    /// <param name="verifySource">
    /// As a server, make the peer prove its address by a cookie before it gets anything longer than its own hello (RFC 6347 §4.2.1): for
    /// peers whose address ICE has not proved.
    /// </param>
    public DtlsAssociation(
        DtlsCertificate certificate,
        bool isClient,
        IReadOnlyList<CertificateFingerprint> fingerprints,
        IReadOnlyList<SrtpProfile> profiles,
        DtlsOptions options,
        bool verifySource = false)
    {
        _certificate = certificate;
        _fingerprints = fingerprints;
        _options = options;
        _verifySource = verifySource;
        _profiles = string.Join(':', profiles.Select(LibraryName));
        IsClient = isClient;
    }

    public bool IsClient { get; }

    public DtlsState State { get; private set; }

    /// <summary>Why it failed; None unless <see cref="State"/> is Failed.</summary>
    public DtlsFailure Failure { get; private set; }

    /// <summary>What libssl said of the last handshake that went wrong, or the peer's alert, for the log; null when nothing went wrong.</summary>
    public string? Problem { get; private set; }

    /// <summary>Datagrams and records that were dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>When to call <see cref="OnDeadline"/>.</summary>
    public Moment Deadline => State == DtlsState.Handshaking ? Moment.Earlier(_limit, _retransmit) : Moment.Never;

    /// <summary>True when a datagram is DTLS by its first byte (RFC 7983 §7).</summary>
    public static bool Looks(ReadOnlySpan<byte> datagram) => !datagram.IsEmpty && datagram[0] is >= 20 and <= 63;

    /// <summary>Begins: a client's hello is ready afterwards. The time limit runs from here.</summary>
    public void Start(Moment now)
    {
        if (_limit != Moment.Never || State != DtlsState.Handshaking)
            return;

        _limit = now + _options.HandshakeTimeout;
        Connect(now);
    }

    /// <summary>Takes a datagram from the peer; see <see cref="State"/> and <see cref="TryTakeOutput"/> afterwards.</summary>
    /// <returns>False when all of it was dropped.</returns>
    public bool Receive(ReadOnlySpan<byte> datagram, Moment now)
    {
        Start(now);
        if (_connection is null)
            Resume(now);
        if (_connection is null || datagram.Length > MaxDatagram || State is DtlsState.Closed or DtlsState.Failed || !AreRecords(datagram))
        {
            Dropped++;
            return false;
        }

        var all = true;
        var wanted = 0UL;
        var number = 0;
        for (var rest = datagram; !rest.IsEmpty; number++)
        {
            DtlsRecord.TryParse(rest, out var record);
            if (IsWanted(record, rest[..record.Length]))
                wanted |= 1UL << number;
            else
                all = false;
            rest = rest[record.Length..];
        }

        if (!all)
            Dropped++;
        if (wanted == 0 || !IsInBudget(now))
            return false;

        if (IsOtherHello(datagram))
            Restart(Problem, now);

        // A datagram is read in one piece unless something in it must not be read.
        if (all)
        {
            Read(datagram, now);
            return true;
        }

        for (var rest = datagram; !rest.IsEmpty; wanted >>= 1)
        {
            DtlsRecord.TryParse(rest, out var record);
            if ((wanted & 1) != 0)
                Read(rest[..record.Length], now);
            rest = rest[record.Length..];
        }

        return true;
    }

    /// <summary>Copies the next datagram that we send.</summary>
    /// <param name="buffer">At least as long as the MTU of the options.</param>
    /// <param name="length">Bytes of the datagram.</param>
    /// <returns>False when there is none.</returns>
    public bool TryTakeOutput(Span<byte> buffer, out int length)
    {
        length = 0;
        if (_connection is null)
            return false;

        // A memory BIO joins the records of a flight: as many as fit go into one datagram.
        var pending = _connection.PeekOutput();
        while (DtlsRecord.TryParse(pending[length..], out var record) && (length == 0 || length + record.Length <= _options.Mtu))
            length += record.Length;

        if (length > buffer.Length)
        {
            _connection.DropOutput();
            length = 0;
        }

        if (length == 0)
            return false;

        _connection.TakeOutput(buffer[..length]);
        return true;
    }

    /// <summary>To be called at <see cref="Deadline"/>.</summary>
    public void OnDeadline(Moment now)
    {
        if (State != DtlsState.Handshaking)
            return;

        if (now >= _limit)
        {
            Fail(Problem is null ? DtlsFailure.Timeout : DtlsFailure.Protocol);
            return;
        }

        if (_connection is null)
            Resume(now);
        else if (now < _retransmit)
            return;
        else if (_connection.HandleTimeout())
            SetTimer(now);
        else
            Restart("too many timeouts", now);
    }

    /// <summary>Gives the keys out, once, when the association is established.</summary>
    /// <param name="profile">The profile that both have.</param>
    /// <param name="inbound">The key that the peer sends with.</param>
    /// <param name="outbound">The key that we send with.</param>
    public bool TakeKeys(out SrtpProfile profile, out SrtpKey? inbound, out SrtpKey? outbound)
    {
        profile = _keys?.Profile ?? default;
        inbound = _keys?.Inbound;
        outbound = _keys?.Outbound;
        var had = _keys is not null;
        _keys = null;
        return had;
    }

    /// <summary>Ends it: close_notify is ready to be sent when it was established. Nothing is read any more.</summary>
    public void Close()
    {
        if (State == DtlsState.Handshaking)
        {
            Fail(DtlsFailure.Closed);
            return;
        }

        if (State != DtlsState.Established)
            return;

        _connection?.Shutdown();
        State = DtlsState.Closed;
    }

    public void Dispose()
    {
        if (State is DtlsState.Handshaking or DtlsState.Established)
            State = DtlsState.Closed;
        _connection?.Dispose();
        _connection = null;
        _keys = null;
    }
}
