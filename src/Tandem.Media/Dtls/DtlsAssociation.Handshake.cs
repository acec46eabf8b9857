using System.Security.Cryptography;
using Tandem.Core.Time;
using Tandem.Media.Native;
using Tandem.Media.Srtp;

namespace Tandem.Media.Dtls;

/// <summary>What happens to records inside.</summary>
public sealed partial class DtlsAssociation
{
    // RFC 8122 §5.1: the hash function that we like best of those that the peer gave decides.
    private static readonly (string Name, Func<byte[], byte[]> Hash)[] Hashes =
    [
        ("sha-512", SHA512.HashData),
        ("sha-384", SHA384.HashData),
        ("sha-256", SHA256.HashData),
        ("sha-1", SHA1.HashData),
    ];

    private static ReadOnlySpan<byte> ExporterLabel => "EXTRACTOR-dtls_srtp"u8;

    private static string LibraryName(SrtpProfile profile) => profile switch
    {
        SrtpProfile.AesCm128HmacSha1Tag80 => "SRTP_AES128_CM_SHA1_80",
        SrtpProfile.AesCm128HmacSha1Tag32 => "SRTP_AES128_CM_SHA1_32",
        SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        SrtpProfile.AeadAes256Gcm => "SRTP_AEAD_AES_256_GCM",
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    /// <summary>True when a datagram is whole records and nothing else. Computes nothing.</summary>
    internal static bool AreRecords(ReadOnlySpan<byte> datagram)
    {
        var count = 0;
        while (!datagram.IsEmpty)
        {
            if (!DtlsRecord.TryParse(datagram, out var record) || ++count > MaxRecords)
                return false;
            datagram = datagram[record.Length..];
        }

        return count > 0;
    }

    private bool IsWanted(in DtlsRecord record, ReadOnlySpan<byte> bytes)
    {
        if (record.Type == DtlsRecord.ApplicationData)
            return false;

        // Afterwards only the encrypted epoch speaks: alerts, and a Finished whose answer was lost.
        if (State != DtlsState.Handshaking)
            return record.Epoch == 1 && record.Length >= DtlsRecord.MinEncryptedLength;

        return record.Epoch switch
        {
            0 => IsWantedInClear(record, bytes),
            1 => record.Length >= DtlsRecord.MinEncryptedLength && TakeAllowance(),
            _ => false,
        };
    }

    private bool TakeAllowance()
    {
        if (_earlyAllowance == 0)
            return false;

        _earlyAllowance--;
        return true;
    }

    private bool IsWantedInClear(in DtlsRecord record, ReadOnlySpan<byte> bytes)
    {
        switch (record.Type)
        {
            case DtlsRecord.Alert:
                HearAlert(bytes[DtlsRecord.HeaderLength..]);
                return false;
            case DtlsRecord.Handshake:
                return DtlsRecord.IsSoundHandshake(bytes, IsClient);
            default:
                if (record.Type != DtlsRecord.ChangeCipherSpec || record.Length != DtlsRecord.HeaderLength + 1)
                    return false;

                _earlyAllowance = MaxEarlyRecords;
                return true;
        }
    }

    private bool IsInBudget(Moment now)
    {
        if (State != DtlsState.Handshaking)
            return true;

        if (now >= _budgetUntil)
        {
            _budgetUntil = now + TimeSpan.FromSeconds(1);
            _datagrams = 0;
        }

        return ++_datagrams <= _options.MaxHandshakeDatagramsPerSecond;
    }

    // Anybody can write an alert that is not encrypted, so it ends nothing (RFC 6347 §4.1.2.7); it explains why the time ran out.
    private void HearAlert(ReadOnlySpan<byte> alert)
    {
        const byte Fatal = 2;
        if (alert.Length != 2 || alert[0] != Fatal)
            return;

        Problem ??= $"the peer sent alert {alert[1]}";
    }

    private void Read(ReadOnlySpan<byte> records, Moment now)
    {
        if (_connection is null)
            return;

        switch (State)
        {
            case DtlsState.Handshaking:
                Advance(records, now);
                break;
            case DtlsState.Established:
                ReadAfterwards(records);
                break;
            case DtlsState.Closed:
            case DtlsState.Failed:
                break;
        }

        if (_connection?.PendingOutput > MaxPendingOutput)
            _connection.DropOutput();
    }

    // What the library stumbles over here was written by a forger: the peer's own alerts are known by their protection. The keys are
    // given out and SRTP does not need the library, so it falls silent and the association stays.
    private void ReadAfterwards(ReadOnlySpan<byte> records)
    {
        switch (_connection!.Read(records))
        {
            case 1:
                State = DtlsState.Closed;
                break;
            case -1:
                _connection.Dispose();
                _connection = null;
                break;
        }
    }

    // A server whose handshake began with a forged hello, or whose client began anew, goes on with the new one.
    private bool IsOtherHello(ReadOnlySpan<byte> datagram)
    {
        if (IsClient || State != DtlsState.Handshaking || !DtlsRecord.TryReadClientRandom(datagram, out var random))
            return false;

        var isOther = _hello is { } known && known != random;
        _hello = random;
        return isOther;
    }

    private void Advance(ReadOnlySpan<byte> records, Moment now)
    {
        switch (_connection!.Handshake(records, out var problem))
        {
            case 1:
                Conclude();
                break;
            case 0:
                SetTimer(now);
                break;
            default:
                Restart(problem, now);
                break;
        }
    }

    private void Connect(Moment now)
    {
        _earlyAllowance = 0;
        _retransmit = Moment.Never;
        _connection = new SslConnection(_certificate.Context, IsClient, _profiles, _options.Mtu, _options.RetransmitTime, _verifySource);
        if (IsClient)
            Advance(default, now);
    }

    // The failed one's alert is not sent: if the message was forged, it would end the peer's side as well.
    private void Restart(string? problem, Moment now)
    {
        Problem = problem;
        _connection?.Dispose();
        _connection = null;
        if (now >= _restartsUntil)
        {
            _restartsUntil = now + TimeSpan.FromSeconds(1);
            _restarts = 0;
        }

        if (++_restarts <= _options.MaxRestartsPerSecond)
            Connect(now);
        else
            _retransmit = _restartsUntil;
    }

    private void Resume(Moment now)
    {
        if (State == DtlsState.Handshaking && now >= _restartsUntil && now < _limit)
            Connect(now);
    }

    private void SetTimer(Moment now) => _retransmit = _connection!.TryGetTimeout(out var rest) ? now + rest : Moment.Never;

    private void Fail(DtlsFailure failure)
    {
        State = DtlsState.Failed;
        Failure = failure;
    }

    // First who it is, then the keys.
    private void Conclude()
    {
        if (!HasRightFingerprint(_connection!.PeerCertificate()))
        {
            // As a server we have not said Finished yet, and do not.
            _connection.DropOutput();
            _connection.Shutdown();
            Fail(DtlsFailure.WrongFingerprint);
            return;
        }

        if (!SrtpProfiles.TryFromProtectionId(_connection.SelectedProfile(), out var profile) || !TryExport(profile))
        {
            _connection.Shutdown();
            Fail(DtlsFailure.NoProfile);
            return;
        }

        State = DtlsState.Established;
    }

    private bool HasRightFingerprint(byte[]? der)
    {
        if (der is null)
            return false;

        foreach (var (name, hash) in Hashes)
        {
            var known = false;
            var value = (byte[]?)null;
            foreach (var fingerprint in _fingerprints)
            {
                if (fingerprint.Algorithm != name)
                    continue;

                known = true;
                value ??= hash(der);
                if (fingerprint.Value.Span.SequenceEqual(value))
                    return true;
            }

            if (known)
                return false;
        }

        return false;
    }

    // RFC 5764 §4.2: client key, server key, client salt, server salt.
    private bool TryExport(SrtpProfile profile)
    {
        var key = profile.KeyLength();
        var salt = profile.SaltLength();
        Span<byte> material = stackalloc byte[2 * (key + salt)];
        if (!_connection!.Export(ExporterLabel, material))
            return false;

        var client = new SrtpKey(material[..key].ToArray(), material.Slice(2 * key, salt).ToArray());
        var server = new SrtpKey(material.Slice(key, key).ToArray(), material[((2 * key) + salt)..].ToArray());
        _keys = IsClient ? new SrtpKeys(profile, server, client) : new SrtpKeys(profile, client, server);
        CryptographicOperations.ZeroMemory(material);
        return true;
    }

    private sealed record SrtpKeys(SrtpProfile Profile, SrtpKey Inbound, SrtpKey Outbound);
}
