using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Srtp;

namespace Tandem.Load;

/// <summary>SRTP at one end of one call: what its SDP says, and the keys that come of it.</summary>
internal sealed partial class SecureEnd : IDisposable
{
    private const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;

    private static readonly SecureRandom Randomness = new();
    private static readonly Lazy<DtlsCertificate> Certificate = new(() => DtlsCertificate.Create(TimeProvider.System));
    private static readonly Clock Clock = new(TimeProvider.System);

    private readonly bool _usesDtls;
    private readonly SrtpKey _own = SrtpKey.Create(Profile, Randomness);
    private DtlsAssociation? _association;

    public SecureEnd(bool usesDtls) => _usesDtls = usesDtls;

    /// <summary>Protects what we send; null before the keys are there.</summary>
    public SrtpContext? Sends { get; private set; }

    /// <summary>Takes what comes.</summary>
    public SrtpContext? Receives { get; private set; }

    /// <summary>Our offer.</summary>
    public string Offer(int port) => _usesDtls
        ? SdpText.For(port, "UDP/TLS/RTP/SAVP", $"a=rtcp-mux\r\na=setup:actpass\r\na=fingerprint:sha-256 {Fingerprint()}\r\n")
        : SdpText.For(port, "RTP/SAVP", Crypto(1));

    /// <summary>Our answer to an offer that has keys.</summary>
    public string Answer(int port, string offer)
    {
        var line = CryptoLine().Matches(offer).FirstOrDefault(match => match.Groups[2].Value == Profile.SuiteName())
            ?? throw new InvalidDataException($"no {Profile.SuiteName()} in: {offer}");
        TakeKey(line.Groups[3].Value);
        return SdpText.For(port, Transport().Match(offer).Groups[1].Value, Crypto(int.Parse(line.Groups[1].Value)));
    }

    /// <summary>The answer to our offer came: keys, or a handshake over <paramref name="socket"/>, on which nothing else comes meanwhile.</summary>
    public void Complete(string answer, Socket socket, int serverPort)
    {
        if (!_usesDtls)
        {
            TakeKey(CryptoLine().Match(answer).Groups[3].Value);
            return;
        }

        var isClient = answer.Contains("a=setup:passive", StringComparison.Ordinal);
        var print = FingerprintLine().Match(answer);
        if (!print.Success)
            throw new InvalidDataException($"no fingerprint in: {answer}");
        var peer = new CertificateFingerprint(print.Groups[1].Value.ToLowerInvariant(), Convert.FromHexString(print.Groups[2].Value.Replace(":", "")));
        _association = new DtlsAssociation(Certificate.Value, isClient, [peer], [Profile], DtlsOptions.Default);
        Shake(_association, socket, new IPEndPoint(IPAddress.Loopback, serverPort));
    }

    public void Dispose()
    {
        _association?.Dispose();
        Sends?.Dispose();
        Receives?.Dispose();
    }

    private static string Fingerprint() =>
        string.Join(':', Convert.ToHexString(Certificate.Value.Fingerprint.Value.Span).Chunk(2).Select(pair => new string(pair)));

    private string Crypto(int tag)
    {
        byte[] key = [.. _own.Key.Span, .. _own.Salt.Span];
        return $"a=crypto:{tag} {Profile.SuiteName()} inline:{Convert.ToBase64String(key)}\r\n";
    }

    private void TakeKey(string text)
    {
        var bytes = Convert.FromBase64String(text);
        Sends = SrtpContext.Create(Profile, _own, SrtpOptions.Default);
        Receives = SrtpContext.Create(Profile, new SrtpKey(bytes[..16], bytes[16..30]), SrtpOptions.Default);
    }

    private void Shake(DtlsAssociation association, Socket socket, IPEndPoint server)
    {
        var buffer = new byte[2048];
        var limit = Clock.Now + TimeSpan.FromSeconds(10);
        association.Start(Clock.Now);
        while (Clock.Now < limit)
        {
            while (association.TryTakeOutput(buffer, out var length))
                socket.SendTo(buffer.AsSpan(0, length), server);
            if (association.TakeKeys(out var profile, out var inbound, out var outbound))
            {
                Sends = SrtpContext.Create(profile, outbound!, SrtpOptions.Default);
                Receives = SrtpContext.Create(profile, inbound!, SrtpOptions.Default);
                return;
            }

            if (association.State == DtlsState.Failed)
                throw new InvalidDataException($"the handshake failed: {association.Failure}");
            if (socket.Poll(20_000, SelectMode.SelectRead))
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var received = socket.ReceiveFrom(buffer, ref from);
                if (((IPEndPoint)from).Port == server.Port)
                    association.Receive(buffer.AsSpan(0, received), Clock.Now);
            }

            association.OnDeadline(Clock.Now);
        }

        throw new TimeoutException("the handshake was not answered");
    }

    [GeneratedRegex(@"a=crypto:(\d+) (\S+) inline:([A-Za-z0-9+/=]{40})")]
    private static partial Regex CryptoLine();

    [GeneratedRegex(@"m=audio \d+ (\S+) ")]
    private static partial Regex Transport();

    [GeneratedRegex(@"a=fingerprint:(\S+) ([0-9A-Fa-f:]+)")]
    private static partial Regex FingerprintLine();
}
