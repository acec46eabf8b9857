using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Core.Net;
using Tandem.Scenarios.Peers;
using Tandem.Sip.Engine;

namespace Tandem.Scenarios;

/// <summary>A real call between two sipps, seen through everything that shows what the exchange does.</summary>
public class ObservedCallTests(ObservedCallTests.ObservedServer server) : IClassFixture<ObservedCallTests.ObservedServer>
{
    [Fact]
    public async Task A_call_that_has_ended_is_in_its_trace_in_the_file_for_wireshark_and_at_the_hep_server()
    {
        using var scratch = new ScratchFolder();
        var bob = await server.RegisteredAsync();
        string id;
        using (var call = await SippTalk.StartAsync(server, server.Phone(), bob))
        {
            id = (await server.Server.EventuallyAsync("/api/calls", calls => calls.GetArrayLength() == 1, "they talk"))[0].GetProperty("id").GetString()!;
            await server.RunAsync("hang-up", call.Caller with { Port = FreePorts.Next() }, bob, values: call.Dialog);
            await call.CalleeEndedAsync();
        }

        var trace = await server.Server.EventuallyAsync($"/api/v1/calls/{id}/trace", t => t.GetProperty("data").GetProperty("endedAt").ValueKind == JsonValueKind.String && Names(t).Count(name => name == "200 BYE") >= 2, "both phones have hung up", 60);
        var names = Names(trace);
        var messages = names.Count(IsMessage);
        Assert.Equal("INVITE (SDP)", names[0]);
        Assert.Contains("dialplan", names);
        Assert.Contains("verdict", names);
        Assert.True(names.Count(name => name == "INVITE (SDP)") >= 2);

        var capture = await server.Server.Http.GetByteArrayAsync($"/api/v1/calls/{id}/trace?format=pcap", TestContext.Current.CancellationToken);
        var inFile = await Tshark.FieldsAsync(scratch, capture, "sip", "sip.CSeq.method", "udp.srcport", "udp.dstport");

        // A message that is repeated meanwhile is one more.
        Assert.True(inFile.Length >= messages, $"{inFile.Length} of {messages}");
        Assert.Contains(inFile, line => line.EndsWith($"\t{server.Server.SipPort}", StringComparison.Ordinal));

        // The same messages, each with the id of the call, between the same ports; Debian's Wireshark knows no HEP, so what is inside is
        // shown to it. What was before the call, a challenge,
        // has its id only when the call came soon after.
        messages = names.Skip(names.IndexOf("CallCreated")).Count(IsMessage);
        var heard = await server.HeardAsync(id, messages);
        Assert.All(heard, packet => Assert.Equal(2_001u, packet.Number(12)));
        var entries = heard.Select(packet => new TraceEntry(
            TraceKind.Sip, DateTimeOffset.FromUnixTimeSeconds(packet.Number(9)), 0, SipDirection.Received,
            new SipFlow(SipTransportKind.Udp, NetAddress.FromV4(packet.Number(4), (ushort)packet.Number(8)), NetAddress.FromV4(packet.Number(3), (ushort)packet.Number(7))), packet.Bytes(15))).ToList();
        var inHep = await Tshark.FieldsAsync(
            scratch, TracePcap.Write(new CallTrace(new CallId(id), TenantId.Default, "", DateTimeOffset.UnixEpoch, null, 0, 0, entries), _ => default), "sip",
            "sip.CSeq.method", "udp.srcport", "udp.dstport");
        Assert.True(inHep.Length >= messages, $"{inHep.Length} of {messages}");
        Assert.Empty(inHep.Except(inFile));

        static List<string> Names(JsonElement trace) => [.. trace.GetProperty("data").GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("name").GetString()!)];

        static bool IsMessage(string name) => name.Split(' ') is [var first, ..] && (first.All(char.IsAsciiDigit) || first is "INVITE" or "ACK" or "BYE" or "CANCEL" or "PRACK" or "INFO" or "UPDATE");
    }

    /// <summary>A server whose HEP packets the test hears.</summary>
    public sealed class ObservedServer : SippServer
    {
        private readonly UdpClient _hep = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly List<byte[]> _heard = [];

        /// <summary>All packets so far.</summary>
        public IReadOnlyList<byte[]> Heard
        {
            get
            {
                lock (_heard)
                    return [.. _heard];
            }
        }

        protected override void Configure(string folder, Dictionary<string, string> settings)
        {
            settings["HEP_SERVER"] = "127.0.0.1:" + ((IPEndPoint)_hep.Client.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
            _ = ListenAsync();
        }

        /// <summary>Waits until so many SIP packets with this correlation have come, and returns all that have.</summary>
        public async Task<List<HepReader>> HeardAsync(string correlation, int packets)
        {
            var until = DateTime.UtcNow + Patience;
            while (true)
            {
                var heard = Heard.Select(packet => new HepReader(packet)).Where(packet => packet.Text(17) == correlation && packet.Bytes(11) is [1]).ToList();
                if (heard.Count >= packets)
                    return heard;

                Assert.True(DateTime.UtcNow < until, $"{heard.Count} of {packets} SIP packets of {correlation} came, {Heard.Count} of all kinds");
                await Task.Delay(50);
            }
        }

        private async Task ListenAsync()
        {
            while (true)
            {
                var packet = await _hep.ReceiveAsync();
                lock (_heard)
                    _heard.Add(packet.Buffer);
            }
        }
    }
}
