using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Media.Native;

/// <summary>
/// An SSL over two memory BIOs: datagrams in, records out. Nothing that it does waits. Every call leaves the thread's error queue of
/// OpenSSL empty, which other users of the library on this thread would read as theirs. One loop owns it.
/// </summary>
internal sealed unsafe class SslConnection : SafeHandle
{
    private readonly nint _input;
    private readonly nint _output;

    /// <exception cref="CryptographicException">libssl has no memory, or does not know the profiles.</exception>
    public SslConnection(SslContext context, bool isClient, string profiles, int mtu, TimeSpan retransmit, bool verifySource)
        : base(0, ownsHandle: true)
    {
        LibCrypto.ClearErrors();
        SetHandle(context.NewConnection((uint)retransmit.TotalMicroseconds, verifySource && !isClient));
        _input = LibCrypto.BioNew(LibCrypto.BioMemory());
        _output = LibCrypto.BioNew(LibCrypto.BioMemory());
        if (handle == 0 || _input == 0 || _output == 0)
        {
            _ = LibCrypto.BioFree(_input);
            _ = LibCrypto.BioFree(_output);
            throw new CryptographicException("libssl gives no connection");
        }

        LibSsl.SetBio(handle, _input, _output);
        _ = LibCrypto.BioControl(_input, LibCrypto.BioSetEmptyReturn, -1, null);
        _ = LibSsl.Control(handle, LibSsl.ControlSetMtu, mtu, null);
        if (isClient)
            LibSsl.SetConnectState(handle);
        else
            LibSsl.SetAcceptState(handle);
        if (LibSsl.SetSrtpProfiles(handle, profiles) != 0)
            throw new CryptographicException("libssl does not know the SRTP profiles");
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Bytes of records that wait to be sent.</summary>
    public int PendingOutput => (int)LibCrypto.BioControl(_output, LibCrypto.BioInfo, 0, null);

    /// <summary>Goes on with the handshake after <paramref name="records"/> came; none to begin it.</summary>
    /// <returns>1 when it is over, 0 when it goes on, -1 when it failed for good.</returns>
    public int Handshake(ReadOnlySpan<byte> records, out string? problem)
    {
        Feed(records);
        return Judge(LibSsl.DoHandshake(handle), out problem);
    }

    /// <summary>Reads what came after the handshake; application data is thrown away.</summary>
    /// <returns>0 when the connection goes on, 1 when the peer ended it, -1 when the library takes nothing any more.</returns>
    public int Read(ReadOnlySpan<byte> records)
    {
        Feed(records);
        var waste = stackalloc byte[256];
        int result;
        do
            result = LibSsl.Read(handle, waste, 256);
        while (result > 0);

        var error = LibSsl.GetError(handle, result);
        CleanUp();
        if ((LibSsl.GetShutdown(handle) & LibSsl.ReceivedShutdown) != 0)
            return 1;
        return error is LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite ? 0 : -1;
    }

    /// <summary>Sends the flight again if libssl's own clock says that it is time; false when the handshake is lost.</summary>
    public bool HandleTimeout()
    {
        LibCrypto.ClearErrors();
        var result = LibSsl.Control(handle, LibSsl.ControlDtlsHandleTimeout, 0, null);
        LibCrypto.ClearErrors();
        return result >= 0;
    }

    /// <summary>How long until the flight is sent again; false when no timer runs.</summary>
    public bool TryGetTimeout(out TimeSpan rest)
    {
        LibSsl.TimeValue value;
        var runs = LibSsl.Control(handle, LibSsl.ControlDtlsGetTimeout, 0, &value) == 1;
        rest = runs ? TimeSpan.FromSeconds(value.Seconds) + TimeSpan.FromMicroseconds(value.Microseconds) : default;
        return runs;
    }

    /// <summary>Says close_notify.</summary>
    public void Shutdown()
    {
        LibCrypto.ClearErrors();
        _ = LibSsl.Shutdown(handle);
        LibCrypto.ClearErrors();
    }

    /// <summary>What waits to be sent, in the library's memory until the next call.</summary>
    public ReadOnlySpan<byte> PeekOutput()
    {
        byte* data;
        var length = LibCrypto.BioControl(_output, LibCrypto.BioInfo, 0, &data);
        return length <= 0 ? default : new ReadOnlySpan<byte>(data, (int)length);
    }

    /// <summary>Takes the first bytes of the output.</summary>
    public void TakeOutput(Span<byte> output)
    {
        fixed (byte* o = output)
            _ = LibCrypto.BioRead(_output, o, output.Length);
    }

    /// <summary>Forgets what waits to be sent.</summary>
    public void DropOutput() => _ = LibCrypto.BioControl(_output, LibCrypto.BioReset, 0, null);

    /// <summary>The number of the SRTP profile that was agreed, or 0.</summary>
    public int SelectedProfile()
    {
        var profile = LibSsl.SelectedSrtpProfile(handle);
        return profile is null ? 0 : (int)profile->Id;
    }

    /// <summary>Keying material by RFC 5705, without a context.</summary>
    public bool Export(ReadOnlySpan<byte> label, Span<byte> material)
    {
        fixed (byte* l = label)
        fixed (byte* m = material)
        {
            var done = LibSsl.ExportKeyingMaterial(handle, m, (nuint)material.Length, l, (nuint)label.Length, null, 0, 0) == 1;
            LibCrypto.ClearErrors();
            return done;
        }
    }

    /// <summary>The peer's certificate in DER, or null.</summary>
    public byte[]? PeerCertificate()
    {
        var certificate = LibSsl.PeerCertificate(handle);
        if (certificate == 0)
            return null;

        try
        {
            var length = LibCrypto.CertificateToDer(certificate, null);
            if (length <= 0)
                return null;

            var der = new byte[length];
            fixed (byte* d = der)
            {
                var at = d;
                return LibCrypto.CertificateToDer(certificate, &at) == length ? der : null;
            }
        }
        finally
        {
            LibCrypto.CertificateFree(certificate);
            LibCrypto.ClearErrors();
        }
    }

    // It frees the BIOs as well.
    protected override bool ReleaseHandle()
    {
        LibSsl.Free(handle);
        return true;
    }

    private void Feed(ReadOnlySpan<byte> records)
    {
        LibCrypto.ClearErrors();
        if (records.IsEmpty)
            return;

        fixed (byte* r = records)
            _ = LibCrypto.BioWrite(_input, r, records.Length);
    }

    private int Judge(int result, out string? problem)
    {
        problem = null;
        if (result == 1)
        {
            CleanUp();
            return 1;
        }

        var error = LibSsl.GetError(handle, result);
        if (error is not (LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite))
            problem = Marshal.PtrToStringUTF8((nint)LibCrypto.ReasonOf(LibCrypto.LastError())) ?? "closed by the peer";
        CleanUp();
        return problem is null ? 0 : -1;
    }

    // What the library did not read of a datagram is not read later.
    private void CleanUp()
    {
        _ = LibCrypto.BioControl(_input, LibCrypto.BioReset, 0, null);
        LibCrypto.ClearErrors();
    }
}
