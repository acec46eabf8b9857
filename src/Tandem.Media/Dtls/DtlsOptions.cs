namespace Tandem.Media.Dtls;

/// <summary>Limits and times of DTLS associations.</summary>
public sealed record DtlsOptions
{
    /// <summary>The defaults.</summary>
    public static DtlsOptions Default { get; } = new();

    /// <summary>How long a handshake may take. Default 30 s: as long as the transaction of an INVITE.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// When a flight is sent again first; the time doubles up to 4 s. Default 400 ms. RFC 6347 §4.2.4.1 recommends a second, but a call
    /// is silent meanwhile.
    /// </summary>
    public TimeSpan RetransmitTime { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Bytes of a datagram that we send. Default 1200, as browsers: it passes every tunnel.</summary>
    public int Mtu { get; init; } = 1200;

    /// <summary>Datagrams of a handshake that are read in a second. Default 200; a whole handshake takes about ten, what is more is a flood.</summary>
    public int MaxHandshakeDatagramsPerSecond { get; init; } = 200;

    /// <summary>
    /// How often in a second a handshake that went wrong is begun anew, until its time is over. Default 10. Its messages are not
    /// authenticated, so anyone who can write with the peer's address could end it with one packet otherwise; a new one costs half a millisecond.
    /// </summary>
    public int MaxRestartsPerSecond { get; init; } = 10;

    /// <summary>
    /// Threads that compute handshakes, so that media loops do not. Default half of the processors, at least 1: a handshake takes one some
    /// 0.4 ms, so that one thread carries 2,000 in a second.
    /// </summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>
    /// Associations that wait for one of these threads. Default 2000, a second of work for one: who would wait longer sends again anyway.
    /// What comes beyond is dropped, as if the network had lost it.
    /// </summary>
    public int MaxWaitingTurns { get; init; } = 2000;

    /// <summary>Datagrams of one association that wait to be computed. Default 16: more than the longest flight has.</summary>
    public int MaxWaitingDatagrams { get; init; } = 16;

    /// <summary>The first value that is out of range with what is expected, or null.</summary>
    public string? Problem()
    {
        if (HandshakeTimeout < TimeSpan.FromSeconds(1) || HandshakeTimeout > TimeSpan.FromMinutes(10))
            return $"HandshakeTimeout {HandshakeTimeout}: 1 s to 10 min is expected";
        if (RetransmitTime < TimeSpan.FromMilliseconds(20) || RetransmitTime > TimeSpan.FromSeconds(4))
            return $"RetransmitTime {RetransmitTime}: 20 ms to 4 s is expected";
        if (Mtu is < 300 or > 9000)
            return $"Mtu {Mtu}: 300 to 9000 is expected";
        if (MaxHandshakeDatagramsPerSecond < 20 || MaxRestartsPerSecond < 1)
            return "MaxHandshakeDatagramsPerSecond, MaxRestartsPerSecond: 20 or more and 1 or more are expected";
        if (Threads is < 1 or > 256)
            return $"Threads {Threads}: 1 to 256 is expected";
        if (MaxWaitingTurns < 1 || MaxWaitingDatagrams < 4)
            return "MaxWaitingTurns, MaxWaitingDatagrams: 1 or more and 4 or more are expected";
        return null;
    }
}
