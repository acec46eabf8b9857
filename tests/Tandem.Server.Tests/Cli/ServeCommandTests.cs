using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Tandem.Server.Cli;

public sealed partial class ServeCommandTests : IDisposable
{
    private static readonly string[] Ports = ["--sip-port", "0", "--api-port", "0", "--rtp-port", "24600", "--set", "RTP_PORT_MAX=24699", "--set", "SIP_SHARDS=2"];

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_first_start_shows_the_login_and_the_second_does_not()
    {
        Assert.Equal(ExitCodes.Done, await ServeAsync(_ => Task.CompletedTask));
        Assert.Matches(FirstLogin(), _cli.Output);
        Assert.Equal("", _cli.Error);
        Assert.EndsWith("Stopping: calls in progress have 10 s to end (Ctrl-C again: at once).\n", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Done, await ServeAsync(_ => Task.CompletedTask));
        Assert.DoesNotMatch(FirstLogin(), _cli.Output);

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("extensions", "list"));
        Assert.Equal(12, _cli.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task No_secret_is_in_the_log()
    {
        _cli.Environment["AUTH_SECRET"] = "hush-hush-hush";
        _cli.Environment["LOG_LEVEL"] = "debug";

        Assert.Equal(ExitCodes.Done, await ServeAsync(_ => Task.CompletedTask));

        var password = FirstLogin().Match(_cli.Output).Groups[1].Value;
        var log = await File.ReadAllTextAsync(_cli.Folder.At("logs/sip-server.log"), TestContext.Current.CancellationToken);
        Assert.Contains("\"level\":\"info\",\"message\":\"11 extensions were created\"", log, StringComparison.Ordinal);
        Assert.DoesNotContain(password, log, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush-hush", log, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush-hush", _cli.Output, StringComparison.Ordinal);
    }

    // RFC 3261 §11: whoever asks is answered, on the port that the start page names.
    [Fact]
    public async Task A_phone_is_answered_and_challenged()
    {
        var answers = new List<string>();

        Assert.Equal(ExitCodes.Done, await ServeAsync(async page =>
        {
            var port = int.Parse(SipPort().Match(page).Groups[1].Value);
            foreach (var method in new[] { "OPTIONS", "REGISTER" })
                answers.Add(await AskAsync(port, method));
        }));

        Assert.Equal(["SIP/2.0 200 OK", "SIP/2.0 401 Unauthorized"], answers.Select(a => a.Split("\r\n")[0]));
        Assert.Matches("(?m)^WWW-Authenticate: Digest realm=\"tandem\", .*algorithm=MD5", answers[1]);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_that_names_it()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 0));
        taken.Listen(1);
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync(["serve", .. Ports, "--set", $"API_PORT={port}"]));
        Assert.Equal($"tandem: API_PORT={port}: TCP port {port} is in use by another program; end it or choose another port\n", _cli.Error);

        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync(["serve", .. Ports, "--set", $"SIP_PORT={port}", "--set", "RTP_PORT=2000", "--set", "RTP_PORT_MAX=2100"]));
        Assert.Equal($"tandem: SIP_PORT={port}: TCP port {port} is in use by another program; end it or choose another port\n", _cli.Error);
    }

    [Theory]
    [InlineData("SIP_HOST")]
    [InlineData("API_HOST")]
    [InlineData("RTP_HOST")]
    public async Task An_address_of_another_machine_is_one_line(string name)
    {
        // RFC 5737: nobody has it.
        _cli.Environment[name] = "203.0.113.1";

        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync(["serve", .. Ports]));
        Assert.Equal($"tandem: {name}=203.0.113.1 is not an address of this machine\n", _cli.Error);
    }

    [Fact]
    public async Task Two_exchanges_do_not_share_a_folder()
    {
        var code = -1;
        var error = "";
        Assert.Equal(ExitCodes.Done, await ServeAsync(async _ =>
        {
            using var other = new CliRun();
            other.Environment["DATA_DIR"] = _cli.Folder.At("data");
            code = await other.RunAsync(["serve", .. Ports]);
            error = other.Error;
        }));

        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith($"tandem: another server uses DATA_DIR {_cli.Folder.At("data")}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_come_before_the_start_page()
    {
        _cli.Environment["ENABLE_AUTH"] = "false";
        _cli.Environment["GRPC_PORT"] = "50051";

        Assert.Equal(ExitCodes.Done, await ServeAsync(_ => Task.CompletedTask));
        Assert.Equal(
            "tandem: warning: GRPC_PORT (the environment) has no effect yet: there is no gRPC server\n"
            + "tandem: warning: ENABLE_AUTH=false: whoever reaches the SIP port can register any extension and call. For a closed lab only\n",
            _cli.Error);
    }

    [GeneratedRegex("First login  admin / ([2-9A-Za-z]{24})")]
    private static partial Regex FirstLogin();

    [GeneratedRegex(@"SIP +\S+:(\d+), UDP and TCP")]
    private static partial Regex SipPort();

    // Runs `serve` until its page is there and `during` is done, then asks it to stop.
    private async Task<int> ServeAsync(Func<string, Task> during)
    {
        using var stop = new CancellationTokenSource();
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _cli.RunAsync(stop.Token, ready, ["serve", .. Ports]);
        if (await Task.WhenAny(ready.Task, running) == ready.Task)
        {
            await during(await ready.Task);
            await stop.CancelAsync();
        }

        return await running.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    private static async Task<string> AskAsync(int port, string method)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var mine = socket.LocalEndPoint;
        var request =
            $"{method} sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {mine};branch=z9hG4bK{method};rport\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:100@127.0.0.1>;tag=a\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: {method}@test\r\nCSeq: 1 {method}\r\n"
            + $"Contact: <sip:100@{mine}>\r\nContent-Length: 0\r\n\r\n";
        await socket.SendToAsync(Encoding.ASCII.GetBytes(request), new IPEndPoint(IPAddress.Loopback, port));
        var buffer = new byte[4_096];
        var length = await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(60));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
