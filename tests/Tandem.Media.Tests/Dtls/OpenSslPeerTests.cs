using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Srtp;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests.Dtls;

/// <summary>The openssl program as the peer, over sockets on loopback: it prints the keying material that it exported.</summary>
public sealed partial class OpenSslPeerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly DtlsOptions Patient = new() { HandshakeTimeout = Patience };

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-dtls-").FullName;
    private readonly List<Process> _peers = [];
    private readonly Clock _clock = new(TimeProvider.System);
    private readonly CertificateFingerprint _fingerprint;

    public OpenSslPeerTests()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=peer", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(Path.Combine(_folder, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        _fingerprint = new CertificateFingerprint("sha-256", SHA256.HashData(certificate.RawData));
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, "SRTP_AES128_CM_SHA1_80")]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag32, "SRTP_AES128_CM_SHA1_32")]
    [InlineData(SrtpProfile.AeadAes128Gcm, "SRTP_AEAD_AES_128_GCM")]
    [InlineData(SrtpProfile.AeadAes256Gcm, "SRTP_AEAD_AES_256_GCM")]
    public async Task A_client_of_openssl_gets_the_same_keys(SrtpProfile profile, string name)
    {
        using var association = new DtlsAssociation(DtlsCertificate.Shared, isClient: false, [_fingerprint], SrtpProfiles.All, Patient);
        using var socket = Bound();
        var peer = Peer($"s_client -connect 127.0.0.1:{Port(socket)} -use_srtp {name}", profile);

        await Run(association, socket, null);

        await Compare(association, peer, profile, peerIsClient: true);
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, "SRTP_AES128_CM_SHA1_80")]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag32, "SRTP_AES128_CM_SHA1_32")]
    [InlineData(SrtpProfile.AeadAes128Gcm, "SRTP_AEAD_AES_128_GCM")]
    [InlineData(SrtpProfile.AeadAes256Gcm, "SRTP_AEAD_AES_256_GCM")]
    public async Task A_server_of_openssl_gets_the_same_keys(SrtpProfile profile, string name)
    {
        using var association = new DtlsAssociation(DtlsCertificate.Shared, isClient: true, [_fingerprint], SrtpProfiles.All, Patient);
        using var socket = Bound();
        var port = UdpPorts.Range(2);
        var peer = Peer($"s_server -port {port} -Verify 1 -use_srtp {name}", profile);

        await Run(association, socket, new IPEndPoint(IPAddress.Loopback, port));

        await Compare(association, peer, profile, peerIsClient: false);
    }

    // RFC 5764 §4.1: without the extension there are no keys.
    [Fact]
    public async Task A_client_without_use_srtp_gets_nothing()
    {
        using var association = new DtlsAssociation(DtlsCertificate.Shared, isClient: false, [_fingerprint], SrtpProfiles.All, Patient);
        using var socket = Bound();
        var peer = Peer($"s_client -connect 127.0.0.1:{Port(socket)}", SrtpProfile.AeadAes128Gcm);

        await Run(association, socket, null);

        Assert.Equal(DtlsFailure.NoProfile, association.Failure);
        Assert.False(association.TakeKeys(out _, out _, out _));
    }

    // DTLS 1.0 is refused (RFC 8996).
    [Fact]
    public async Task Dtls_1_0_is_refused()
    {
        using var association = new DtlsAssociation(
            DtlsCertificate.Shared, isClient: false, [_fingerprint], SrtpProfiles.All, new DtlsOptions { HandshakeTimeout = TimeSpan.FromSeconds(2) });
        using var socket = Bound();
        var peer = Peer(
            $"s_client -connect 127.0.0.1:{Port(socket)} -use_srtp SRTP_AES128_CM_SHA1_80 -cipher DEFAULT@SECLEVEL=0", SrtpProfile.AesCm128HmacSha1Tag80, "-dtls1");

        await Run(association, socket, null);

        Assert.Equal(DtlsFailure.Protocol, association.Failure);
        Assert.Equal("unsupported protocol", association.Problem);
    }

    public void Dispose()
    {
        foreach (var peer in _peers)
        {
            peer.Kill();
            peer.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private Process Peer(string arguments, SrtpProfile profile, string version = "-dtls1_2")
    {
        var length = 2 * (profile.KeyLength() + profile.SaltLength());
        var peer = Process.Start(new ProcessStartInfo(
            "openssl",
            $"{arguments} {version} -cert {_folder}/certificate.pem -key {_folder}/key.pem -keymatexport EXTRACTOR-dtls_srtp -keymatexportlen {length}")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _peers.Add(peer);
        return peer;
    }

    private async Task Run(DtlsAssociation association, Socket socket, EndPoint? peer)
    {
        var buffer = new byte[4096];
        var end = _clock.Now + Patience;

        // Who waits for the peer to begin begins with its first datagram: how long the program takes to start is no part of the handshake.
        if (peer is not null)
            association.Start(_clock.Now);
        while (association.State == DtlsState.Handshaking && _clock.Now < end)
        {
            Send(association, socket, peer);
            using var wait = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, peer ?? new IPEndPoint(IPAddress.Any, 0), wait.Token);
                peer = received.RemoteEndPoint;
                association.Receive(buffer.AsSpan(0, received.ReceivedBytes), _clock.Now);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Nothing came, or the server is not up yet and its port refused.
            }

            if (association.Deadline <= _clock.Now)
                association.OnDeadline(_clock.Now);
        }

        Send(association, socket, peer);
        association.Close();
        Send(association, socket, peer);
    }

    private static void Send(DtlsAssociation association, Socket socket, EndPoint? peer)
    {
        var buffer = new byte[2048];
        while (association.TryTakeOutput(buffer, out var length))
            socket.SendTo(buffer.AsSpan(0, length), peer!);
    }

    private static async Task Compare(DtlsAssociation association, Process peer, SrtpProfile profile, bool peerIsClient)
    {
        Assert.Equal(DtlsFailure.None, association.Failure);
        Assert.True(association.TakeKeys(out var taken, out var inbound, out var outbound));
        Assert.Equal(profile, taken);

        using var patience = new CancellationTokenSource(Patience);
        var text = string.Empty;
        Match match;
        do
        {
            var line = await peer.StandardOutput.ReadLineAsync(patience.Token);
            Assert.NotNull(line);
            text += line + "\n";
            match = Material().Match(text);
        }
        while (!match.Success);

        var material = Convert.FromHexString(match.Groups[1].Value);
        var (key, salt) = (profile.KeyLength(), profile.SaltLength());
        var (client, server) = peerIsClient ? (inbound, outbound) : (outbound, inbound);
        byte[] ours = [.. client!.Key.Span, .. server!.Key.Span, .. client.Salt.Span, .. server.Salt.Span];
        Assert.Equal(material, ours);
        Assert.Equal(2 * (key + salt), material.Length);
        Assert.Contains(profile.IsAead() ? "SRTP_AEAD" : "SRTP_AES128_CM", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Keying material: ([0-9A-F]+)\n")]
    private static partial Regex Material();
}
