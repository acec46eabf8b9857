using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Srtp;

namespace Tandem.Benchmarks;

/// <summary>
/// What a DTLS-SRTP handshake costs: CPU time of this thread for both sides, ours beside libssl alone with the same certificates, ciphers and
/// profile, in turns. The mark is 1.3 times. Behind it, what associations hold while calls last.
/// </summary>
internal static unsafe partial class DtlsCosts
{
    private const int Handshakes = 300;
    private const int Rounds = 7;
    private const int ThreadCpuTime = 3;
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    public static void Run()
    {
        var certificate = DtlsCertificate.Create(TimeProvider.System);
        var context = NewContext();
        var ours = new List<double>();
        var alone = new List<double>();
        Ours(certificate, 50);
        Alone(context, 50);
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(Measure(() => Ours(certificate, Handshakes)));
            alone.Add(Measure(() => Alone(context, Handshakes)));
        }

        ours.Sort();
        alone.Sort();
        var (a, b) = (ours[Rounds / 2], alone[Rounds / 2]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"DTLS handshake, both sides      us      sides / CPU second"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Tandem                  {a,10:F0}{2_000_000 / a,14:F0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  libssl alone            {b,10:F0}{2_000_000 / b,14:F0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  times                   {a / b,10:F2}"));

        const int Held = 400;
        var held = new List<(DtlsAssociation, DtlsAssociation)>();
        var before = NativeInUse();
        for (var i = 0; i < Held; i++)
            held.Add(Pair(certificate));
        Console.WriteLine($"native memory of an established association: {(NativeInUse() - before) / Held / 2 / 1024} KiB");
        foreach (var (client, server) in held)
        {
            client.Dispose();
            server.Dispose();
        }
    }

    private static double Measure(Action action)
    {
        var start = CpuNanoseconds();
        action();
        return (CpuNanoseconds() - start) / 1000.0 / Handshakes;
    }

    private static void Ours(DtlsCertificate certificate, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (client, server) = Pair(certificate);
            if (!client.TakeKeys(out _, out _, out _) || !server.TakeKeys(out _, out _, out _))
                throw new InvalidDataException("no keys");
            client.Dispose();
            server.Dispose();
        }
    }

    private static (DtlsAssociation Client, DtlsAssociation Server) Pair(DtlsCertificate certificate)
    {
        var now = Moment.FromMilliseconds(1);
        SrtpProfile[] profiles = [SrtpProfile.AesCm128HmacSha1Tag80];
        var client = new DtlsAssociation(certificate, isClient: true, [certificate.Fingerprint], profiles, DtlsOptions.Default);
        var server = new DtlsAssociation(certificate, isClient: false, [certificate.Fingerprint], profiles, DtlsOptions.Default);
        client.Start(now);
        Span<byte> buffer = stackalloc byte[1500];
        while (client.State == DtlsState.Handshaking || server.State == DtlsState.Handshaking)
        {
            var moved = false;
            while (client.TryTakeOutput(buffer, out var length))
                moved = server.Receive(buffer[..length], now);
            while (server.TryTakeOutput(buffer, out var length))
                moved = client.Receive(buffer[..length], now);
            if (!moved)
                throw new InvalidDataException("the handshake stands still");
        }

        return (client, server);
    }

    // The same settings as ours, nothing around them.
    private static nint NewContext()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=media", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var context = SSL_CTX_new(DTLS_method());
        SSL_CTX_set_options(context, 1UL << 12 | 1UL << 14);
        SSL_CTX_ctrl(context, 44, 0, null);
        SSL_CTX_set_verify(context, 3, &Accept);
        SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM");
        fixed (byte* der = certificate.RawData)
            SSL_CTX_use_certificate_ASN1(context, certificate.RawData.Length, der);
        var secret = key.ExportECPrivateKey();
        fixed (byte* k = secret)
            SSL_CTX_use_PrivateKey_ASN1(408, context, k, secret.Length);
        fixed (byte* groups = "X25519:P-256:P-384\0"u8)
            SSL_CTX_ctrl(context, 92, 0, groups);
        SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AES128_CM_SHA1_80");
        return context;
    }

    private static void Alone(nint context, int count)
    {
        var buffer = stackalloc byte[16384];
        var material = stackalloc byte[60];
        for (var i = 0; i < count; i++)
        {
            var (client, clientIn, clientOut) = NewConnection(context);
            var (server, serverIn, serverOut) = NewConnection(context);
            SSL_set_connect_state(client);
            SSL_set_accept_state(server);
            var (a, b) = (0, 0);
            for (var step = 0; a != 1 || b != 1; step++)
            {
                if (step > 20)
                    throw new InvalidDataException("the handshake stands still");
                a = SSL_do_handshake(client);
                Move(clientOut, serverIn, buffer);
                b = SSL_do_handshake(server);
                Move(serverOut, clientIn, buffer);
            }

            fixed (byte* label = "EXTRACTOR-dtls_srtp"u8)
            {
                _ = SSL_export_keying_material(client, material, 60, label, 19, null, 0, 0);
                _ = SSL_export_keying_material(server, material, 60, label, 19, null, 0, 0);
            }

            SSL_free(client);
            SSL_free(server);
        }
    }

    private static (nint Connection, nint In, nint Out) NewConnection(nint context)
    {
        var connection = SSL_new(context);
        var input = BIO_new(BIO_s_mem());
        var output = BIO_new(BIO_s_mem());
        SSL_set_bio(connection, input, output);
        BIO_ctrl(input, 130, -1, null);
        SSL_ctrl(connection, 17, 1200, null);
        return (connection, input, output);
    }

    private static void Move(nint from, nint to, byte* buffer)
    {
        var length = BIO_read(from, buffer, 16384);
        if (length > 0)
            _ = BIO_write(to, buffer, length);
    }

    [UnmanagedCallersOnly]
    private static int Accept(int trusted, nint store) => 1;

    private static long CpuNanoseconds()
    {
        long* time = stackalloc long[2];
        _ = clock_gettime(ThreadCpuTime, time);
        return (time[0] * 1_000_000_000) + time[1];
    }

    private static long NativeInUse()
    {
        var info = mallinfo2();
        return (long)(info.MappedBytes + info.Allocated);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);

    [LibraryImport("libc")]
    private static partial MallocInfo mallinfo2();

    [LibraryImport(Ssl)]
    private static partial nint DTLS_method();

    [LibraryImport(Ssl)]
    private static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    private static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Ssl)]
    private static partial nint SSL_CTX_ctrl(nint context, int command, nint argument, void* pointer);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_set_verify(nint context, int mode, delegate* unmanaged<int, nint, int> callback);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SSL_CTX_set_cipher_list(nint context, string list);

    [LibraryImport(Ssl)]
    private static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte* der);

    [LibraryImport(Ssl)]
    private static partial int SSL_CTX_use_PrivateKey_ASN1(int type, nint context, byte* der, nint length);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SSL_CTX_set_tlsext_use_srtp(nint context, string profiles);

    [LibraryImport(Ssl)]
    private static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    private static partial void SSL_free(nint connection);

    [LibraryImport(Ssl)]
    private static partial nint SSL_ctrl(nint connection, int command, nint argument, void* pointer);

    [LibraryImport(Ssl)]
    private static partial void SSL_set_bio(nint connection, nint input, nint output);

    [LibraryImport(Ssl)]
    private static partial void SSL_set_connect_state(nint connection);

    [LibraryImport(Ssl)]
    private static partial void SSL_set_accept_state(nint connection);

    [LibraryImport(Ssl)]
    private static partial int SSL_do_handshake(nint connection);

    [LibraryImport(Ssl)]
    private static partial int SSL_export_keying_material(
        nint connection, byte* output, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    [LibraryImport(Crypto)]
    private static partial nint BIO_new(nint method);

    [LibraryImport(Crypto)]
    private static partial nint BIO_s_mem();

    [LibraryImport(Crypto)]
    private static partial nint BIO_ctrl(nint bio, int command, nint argument, void* pointer);

    [LibraryImport(Crypto)]
    private static partial int BIO_read(nint bio, byte* data, int length);

    [LibraryImport(Crypto)]
    private static partial int BIO_write(nint bio, byte* data, int length);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallocInfo
    {
        public readonly nuint Arena, OrdinaryChunks, FastChunks, MappedChunks, MappedBytes, Unused, FastBytes, Allocated, Free, Releasable;
    }
}
