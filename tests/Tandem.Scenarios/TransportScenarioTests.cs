using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>The TLS port of the running server, with openssl at the other end, and what one source may cost it.</summary>
[BesideOthers]
public class TransportScenarioTests(TransportServer peers) : IClassFixture<TransportServer>
{
    private const string Number = "+4930123456";

    private TandemServer Server => peers.Server;

    // RFC 8996: nothing older than 1.2. openssl itself is willing.
    [Fact]
    public async Task Tls_1_2_and_1_3_are_spoken_and_nothing_older()
    {
        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
        {
            using var client = new Openssl(peers.Folder, Server.SipsPort, version);
            client.Send(LoopbackSocket.Options("TLS", "v" + version[^1]));
            await client.ExpectAsync("SIP/2.0 200");
        }

        foreach (var version in new[] { "-tls1", "-tls1_1" })
        {
            using var client = new Openssl(peers.Folder, Server.SipsPort, version, "-cipher", "DEFAULT:@SECLEVEL=0");
            await client.ExpectRefusedAsync("alert protocol version");
        }
    }

    // RFC 5922 §7.4
    [Fact]
    public async Task Client_certificates_are_asked_for_as_the_server_is_set()
    {
        var (known, strange) = (Openssl.Showing(peers.Trusted.Issue("phone.example")), Openssl.Showing(peers.Strange.Issue("phone.example")));
        foreach (var (policy, needsOne) in new[] { ("offered", false), ("required", true) })
        {
            using var scratch = new ScratchFolder();
            using var server = await peers.StartAsync(scratch, policy);
            using var proven = new Openssl(peers.Folder, server.SipsPort, known);
            proven.Send(LoopbackSocket.Options("TLS", "known"));
            await proven.ExpectAsync("SIP/2.0 200");
            using var nobody = new Openssl(peers.Folder, server.SipsPort);
            nobody.Send(LoopbackSocket.Options("TLS", "nobody"));
            if (needsOne)
                await nobody.ExpectRefusedAsync();
            else
                await nobody.ExpectAsync("SIP/2.0 200");
            using var other = new Openssl(peers.Folder, server.SipsPort, strange);
            other.Send(LoopbackSocket.Options("TLS", "strange"));
            await other.ExpectRefusedAsync();
        }

        // Where nobody asks, none of them matters.
        using var unasked = new Openssl(peers.Folder, Server.SipsPort, strange);
        unasked.Send(LoopbackSocket.Options("TLS", "unasked"));
        await unasked.ExpectAsync("SIP/2.0 200");
    }

    // 480: it came to the number of the provider, whose extension is not there. 407: a stranger.
    [Fact]
    public async Task A_provider_proves_itself_by_its_certificate()
    {
        var before = await UnprovenAsync();
        var id = await AddAsync("proven", "carrier.example", 0, "127.0.0.77/32");
        var (right, other) = (peers.Trusted.Issue("carrier.example"), peers.Trusted.Issue("elsewhere.example"));
        var strange = peers.Strange.Issue("carrier.example");
        foreach (var (name, from, shown, status, why) in new[]
        {
            ("right", "127.0.0.77", Openssl.Showing(right), 480, ""),
            ("nothing", "127.0.0.77", [], 407, "has shown no certificate"),
            ("other", "127.0.0.77", Openssl.Showing(other), 407, "is not for carrier.example"),
            ("strange", "127.0.0.77", Openssl.Showing(strange), 407, "none of the profile's trustedCertificates"),
            ("elsewhere", "127.0.0.78", Openssl.Showing(right), 407, ""),
        })
        {
            using var caller = new Openssl(peers.Folder, Server.SipsPort, [.. shown, "-bind", from + ":0"]);
            caller.Send(Invite("TLS", name));
            await caller.ExpectAsync($"SIP/2.0 {status}");
            if (why.Length == 0)
                continue;

            var unproven = (await StateAsync(id)).GetProperty("unproven");
            Assert.Contains(why, unproven.GetProperty("text").GetString(), StringComparison.Ordinal);
            Assert.StartsWith("tls:127.0.0.77:", unproven.GetProperty("lastFrom").GetString(), StringComparison.Ordinal);
        }

        // From the right address and without TLS, where it was a call of the provider before.
        using var plain = await LoopbackSocket.ConnectAsync("127.0.0.77", Server.SipPort);
        await plain.SendAsync(Invite("TCP", "plain"));
        Assert.StartsWith("SIP/2.0 407", await plain.ReadAsync(), StringComparison.Ordinal);
        var told = await StateAsync(id);
        Assert.Equal((4, ""), (told.GetProperty("unproven").GetProperty("count").GetInt32(), told.GetProperty("warning").GetString()));
        Assert.Equal(before + 4, await UnprovenAsync());
        await UntilAsync(() => File.ReadAllText(Server.LogFile).Contains("A call in the name of SIP profile proven from tls:127.0.0.77:", StringComparison.Ordinal));
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + id);
    }

    // RFC 5922 §7.3: each trunk shows its own certificate, and believes its own roots alone. What comes back over the connection is the provider's.
    [Fact]
    public async Task A_trunk_shows_its_certificate_to_whom_it_trusts_and_calls_come_back_over_the_same_connection()
    {
        using var own = Certificate(peers.Trusted.Issue("127.0.0.1"));
        using var strange = Certificate(peers.Strange.Issue("127.0.0.1"));
        var trunk = peers.Trusted.Issue("trunk.example");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var id = await AddAsync("mutual", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, null, trunk);
        using (var wrong = await AcceptAsync(listener))
            Assert.Equal("", await ReadAsync(wrong, strange));

        // It tries again after a pause; a change of the profile makes it try at once.
        await Server.SendAsync(HttpMethod.Patch, "/api/v1/profiles/" + id, new { password = "other" });
        var (provider, register) = await RegisteringAsync(listener, own);
        using var _ = provider;
        Assert.Equal("CN=trunk.example", provider.RemoteCertificate!.Subject);
        Assert.StartsWith("REGISTER sip:127.0.0.1 SIP/2.0\r\n", register, StringComparison.Ordinal);
        var contact = Regex.Match(register, "Contact: <(sip:[^>]+)>").Groups[1].Value;
        await provider.WriteAsync(Encoding.UTF8.GetBytes(Invite("TLS", "back", contact)));
        var answers = "";
        while (!Regex.IsMatch(answers, @"SIP/2\.0 [2-6]"))
        {
            var next = await ReadAsync(provider);
            Assert.NotEqual("", next);
            answers += next;
        }

        Assert.Contains("SIP/2.0 480", answers, StringComparison.Ordinal);
        await Server.SendAsync(HttpMethod.Delete, "/api/v1/profiles/" + id);
    }

    [Fact]
    public async Task Who_is_slow_or_breaks_off_is_let_go_in_time_and_others_are_served()
    {
        using var loris = await LoopbackSocket.ConnectAsync("127.0.0.71", Server.SipPort);
        using var handshake = await LoopbackSocket.ConnectAsync("127.0.0.72", Server.SipsPort);
        using var silent = await LoopbackSocket.ConnectAsync("127.0.0.73", Server.SipPort);
        await handshake.Socket.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1 });
        for (var i = 0; i < 5; i++)
        {
            // A message that was begun, and then nobody.
            using var gone = await LoopbackSocket.ConnectAsync("127.0.0.74", Server.SipPort);
            await gone.SendAsync(LoopbackSocket.Options("TCP", "gone")[..200]);
        }

        var dripping = DripAsync(loris);
        using (var other = await LoopbackSocket.ConnectAsync("127.0.0.75", Server.SipPort))
            await other.ExpectServedAsync("beside-the-slow");
        Assert.Equal("", await handshake.ReadAsync());
        Assert.Equal("", await silent.ReadAsync());
        Assert.Equal("", await loris.ReadAsync());
        await dripping;
        await Server.EventuallyAsync(
            "/api/statistics", s => s.GetProperty("connections").GetProperty("tcp").GetInt32() + s.GetProperty("connections").GetProperty("tls").GetInt32() <= 8, "what broke off leaves nothing");
    }

    [Fact]
    public async Task One_source_has_so_many_connections_handshakes_and_messages_and_others_have_theirs()
    {
        var open = new List<LoopbackSocket>();
        try
        {
            // Who says nothing gets few places, who speaks gets more, and nobody gets more than those.
            for (var i = 0; i < TransportServer.SilentOfOne; i++)
                open.Add(await LoopbackSocket.ConnectAsync("127.0.0.61", Server.SipPort));
            using (var onceMore = await LoopbackSocket.ConnectAsync("127.0.0.61", Server.SipPort))
                Assert.Equal("", await onceMore.ReadAsync());

            for (var i = 0; i < TransportServer.ConnectionsOfOne; i++)
            {
                open.Add(await LoopbackSocket.ConnectAsync("127.0.0.62", Server.SipPort));
                await open[^1].ExpectServedAsync($"of-one-{i}");
            }

            using (var onceMore = await LoopbackSocket.ConnectAsync("127.0.0.62", Server.SipPort))
                Assert.Equal("", await onceMore.ReadAsync());

            for (var i = 0; i < TransportServer.HandshakesOfOne; i++)
                open.Add(await LoopbackSocket.ConnectAsync("127.0.0.63", Server.SipsPort));
            using (var onceMore = await LoopbackSocket.ConnectAsync("127.0.0.63", Server.SipsPort))
                Assert.Equal("", await onceMore.ReadAsync());

            using var secure = new Openssl(peers.Folder, Server.SipsPort, "-bind", "127.0.0.64:0");
            secure.Send(LoopbackSocket.Options("TLS", "beside"));
            await secure.ExpectAsync("SIP/2.0 200");
            using var other = await LoopbackSocket.ConnectAsync("127.0.0.64", Server.SipPort);
            await other.ExpectServedAsync("beside-them");
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }

        // Datagrams: the burst is answered, and of the rest what the rate allows for as long as it took; another source notices nothing.
        var (answered, took) = await FloodAsync("127.0.0.65", 5 * TransportServer.MessagesAtOnce, TransportServer.MessagesAtOnce / 2);
        Assert.InRange(answered, TransportServer.MessagesAtOnce / 2, TransportServer.MessagesAtOnce + 1 + (int)(TransportServer.MessagesPerSecond * took.TotalSeconds));
        Assert.Equal(10, (await FloodAsync("127.0.0.66", 10, 10)).Answered);
    }

    // Answers that nobody takes wait up to a limit, and then the connection goes.
    [Fact]
    public async Task Who_reads_nothing_is_cut_off()
    {
        using var deaf = await LoopbackSocket.ConnectAsync(TransportServer.Talkative, Server.SipPort, receiveBytes: 4_096);
        var many = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(i => LoopbackSocket.Options("TCP", $"deaf{i}"))));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            // Not faster than it can be read by a server that has other things to do: this is no flood.
            while (true)
            {
                await deaf.Socket.SendAsync(many, patience.Token);
                await Task.Delay(100, patience.Token);
            }
        });
        using var other = await LoopbackSocket.ConnectAsync("127.0.0.67", Server.SipPort);
        await other.ExpectServedAsync("beside-the-deaf");
    }

    // RFC 3261 §11: OPTIONS to where the phone came from, for its Contact is an address behind the NAT.
    [Fact]
    public async Task A_phone_behind_nat_is_pinged_where_it_came_from()
    {
        using var phone = await WirePhone.ConnectAsync(Server, "120", ProtocolType.Udp);
        var answer = await phone.AskAsync("REGISTER", "120", "Contact: <sip:120@192.168.77.5:5060>\r\nExpires: 600\r\n");
        Assert.Equal(200, answer.Status);
        for (var i = 0; i < 2; i++)
        {
            var ping = await phone.ExpectAsync("OPTIONS");
            Assert.StartsWith("sip:120@192.168.77.5:5060", ping.RequestUri, StringComparison.Ordinal);
            await phone.ReplyAsync(ping, 200);
        }
    }

    private static string Invite(string transport, string id, string uri = "sip:" + Number + "@127.0.0.1") =>
        $"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} carrier.invalid;branch=z9hG4bK{id}\r\nMax-Forwards: 70\r\nFrom: <sip:+49301111111@carrier.example>;tag={id}\r\n"
        + $"To: <sip:{Number}@127.0.0.1>\r\nCall-ID: {id}\r\nCSeq: 1 INVITE\r\nContact: <sip:carrier.invalid;transport={transport.ToLowerInvariant()}>\r\nContent-Length: 0\r\n\r\n";

    private static X509Certificate2 Certificate((string CertificateFile, string KeyFile) files)
    {
        using var made = X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task<SslStream> AcceptAsync(TcpListener listener)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return new SslStream((await listener.AcceptTcpClientAsync(soon.Token)).GetStream());
    }

    // The connection over which the exchange registers. One that it gave up meanwhile, as one from before the change of the profile, is none.
    private static async Task<(SslStream Provider, string Register)> RegisteringAsync(TcpListener listener, X509Certificate2 shown)
    {
        while (true)
        {
            var provider = await AcceptAsync(listener);
            if (await ReadAsync(provider, shown) is { Length: > 0 } register)
                return (provider, register);
            provider.Dispose();
        }
    }

    // What comes first behind the handshake; empty when the exchange has gone, be it during the handshake.
    private static async Task<string> ReadAsync(SslStream stream, X509Certificate2 shown)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = shown, ClientCertificateRequired = true, RemoteCertificateValidationCallback = (_, _, _, _) => true }, soon.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return "";
        }

        return await ReadAsync(stream);
    }

    // What comes next; empty when the exchange has gone.
    private static async Task<string> ReadAsync(SslStream stream)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[16_384];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, soon.Token));
        }
        catch (IOException)
        {
            return "";
        }
    }

    // A byte now and then is no message.
    private static async Task DripAsync(LoopbackSocket loris)
    {
        try
        {
            foreach (var c in LoopbackSocket.Options("TCP", "loris"))
            {
                await loris.SendAsync(c.ToString());
                await Task.Delay(100);
            }

            Assert.Fail("the whole message was taken");
        }
        catch (SocketException)
        {
            // It was cut off.
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var until = DateTime.UtcNow.AddSeconds(60);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < until, "waited in vain");
            await Task.Delay(50);
        }
    }

    private async Task<int> UnprovenAsync() =>
        int.Parse(Regex.Match(await Server.Http.GetStringAsync("/metrics"), "\ntandem_profile_unproven_total\\S* ([0-9]+)\n").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    // How many of so many OPTIONS are answered, and how long it took from the first one to the last answer. So many answers have to come, however slow the machine is.
    private async Task<(int Answered, TimeSpan Took)> FloodAsync(string from, int count, int least)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(IPAddress.Loopback, Server.SipPort);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var took = TimeSpan.Zero;
        for (var i = 0; i < count; i++)
            await socket.SendAsync(Encoding.ASCII.GetBytes(LoopbackSocket.Options("UDP", $"{from}-{i}")));
        var answers = new HashSet<string>();
        try
        {
            while (answers.Count < count)
            {
                using var quiet = new CancellationTokenSource(TimeSpan.FromSeconds(answers.Count < least ? 60 : 5));
                var text = Encoding.ASCII.GetString((await socket.ReceiveAsync(quiet.Token)).Buffer);
                took = clock.Elapsed;
                if (text.StartsWith("SIP/2.0 200", StringComparison.Ordinal))
                    answers.Add(Regex.Match(text, "Call-ID: (\\S+)").Groups[1].Value);
            }
        }
        catch (OperationCanceledException)
        {
            // No more come.
        }

        return (answers.Count, took);
    }

    private async Task<System.Text.Json.JsonElement> StateAsync(string id) => (await Server.GetAsync("/api/v1/profiles/" + id)).GetProperty("data").GetProperty("state");

    // A provider that has to show its certificate, and its number, which leads to an extension that is not there.
    private async Task<string> AddAsync(string name, string server, int port, string? network, (string CertificateFile, string KeyFile)? shown = null)
    {
        var added = await Server.SendAsync(HttpMethod.Post, "/api/v1/profiles", new
        {
            name,
            server,
            port,
            transport = "tls",
            registers = network is null,
            userName = "ada",
            password = "secret",
            countryCode = "49",
            prefixes = network is null ? Array.Empty<string>() : [network],
            trustedCertificates = peers.Trusted.RootPem,
            clientCertificate = shown is { } own ? await File.ReadAllTextAsync(own.CertificateFile) : "",
            clientKey = shown is { } files ? await File.ReadAllTextAsync(files.KeyFile) : "",
            inboundCertificate = "required",
        }, 201);
        await Server.SendAsync(HttpMethod.Put, "/api/v1/numbers/" + Number, new { target = "150" });
        return added.GetProperty("data").GetProperty("id").GetString()!;
    }
}
