using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Srtp;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// A datagram in three places: as a server's first, as a client's first, and to a server that is established. None gives keys, ends the
/// established one, or makes output that is not DTLS in datagrams of the MTU.
/// </summary>
internal static class DtlsTarget
{
    private static readonly Moment Now = Moment.FromMilliseconds(1_000);
    private static readonly DtlsOptions Options = DtlsOptions.Default;
    private static readonly Lazy<(DtlsAssociation Client, DtlsAssociation Server, List<byte[]> Flights)> TheEstablished = new(Establish);

    /// <summary>What two associations say to each other.</summary>
    public static IEnumerable<byte[]> Corpus => TheEstablished.Value.Flights;

    public static int Run(byte[] input)
    {
        using var server = New(isClient: false);
        using var client = New(isClient: true);
        server.Start(Now);
        client.Start(Now);
        Take(client);
        var atServer = server.Receive(input, Now);
        var answers = Take(server);
        var atClient = client.Receive(input, Now);
        answers += Take(client) * 16;
        Check.That(!server.TakeKeys(out _, out _, out _) && !client.TakeKeys(out _, out _, out _), "keys for nobody");
        Check.That(server.State == DtlsState.Handshaking && client.State == DtlsState.Handshaking, "ended by one datagram");

        var established = TheEstablished.Value.Server;
        established.Receive(input, Now);
        Take(established);
        Check.That(established.State == DtlsState.Established, "an established association was ended");
        return HashCode.Combine(atServer, atClient, answers, server.Problem, client.Problem);
    }

    private static DtlsAssociation New(bool isClient) =>
        new(DtlsCertificate.Shared, isClient, [DtlsCertificate.Shared.Fingerprint], SrtpProfiles.All, Options);

    private static (DtlsAssociation Client, DtlsAssociation Server, List<byte[]> Flights) Establish()
    {
        var client = New(isClient: true);
        var server = New(isClient: false);
        var flights = new List<byte[]>();
        var buffer = new byte[Options.Mtu];
        client.Start(Now);
        for (var round = 0; round < 10; round++)
        {
            foreach (var (from, to) in new[] { (client, server), (server, client) })
            {
                while (from.TryTakeOutput(buffer, out var length))
                {
                    flights.Add(buffer[..length]);
                    to.Receive(flights[^1], Now);
                }
            }
        }

        Check.That(client.State == DtlsState.Established && server.State == DtlsState.Established, "no handshake");
        return (client, server, flights);
    }

    private static int Take(DtlsAssociation association)
    {
        Span<byte> buffer = stackalloc byte[Options.Mtu];
        var count = 0;
        while (association.TryTakeOutput(buffer, out var length))
        {
            Check.That(length <= Options.Mtu && DtlsAssociation.Looks(buffer[..length]), "not a datagram of DTLS");
            Check.That(++count < 100, "output without end");
        }

        return count;
    }
}
