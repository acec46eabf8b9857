using System.Net;
using System.Net.Sockets;
using Tandem.Testing.Network;

namespace Tandem.Server.Cli;

public sealed class TandemCommandTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("check")]
    [InlineData("config")]
    [InlineData("version")]
    [InlineData("serve")]
    [InlineData("extensions")]
    [InlineData("extensions list")]
    [InlineData("extensions add")]
    [InlineData("extensions reset-secret")]
    [InlineData("extensions set")]
    [InlineData("extensions remove")]
    [InlineData("admin reset-password")]
    [InlineData("token add")]
    [InlineData("token list")]
    [InlineData("token revoke")]
    public async Task Help_is_everywhere(string command)
    {
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
        Assert.Contains("Usage:", _cli.Output, StringComparison.Ordinal);
        Assert.Equal("", _cli.Error);
    }

    [Theory]
    [InlineData("tandem: Required command was not provided.\ntandem: `tandem --help` shows what is accepted\n")]
    [InlineData("tandem: Required command was not provided.\ntandem: Unrecognized command or argument 'dance'.\ntandem: `tandem --help` shows what is accepted\n", "dance")]
    [InlineData("tandem: Unrecognized command or argument '--loud'.\ntandem: `tandem check --help` shows what is accepted\n", "check", "--loud")]
    public async Task A_command_line_that_cannot_be_understood_exits_2(string error, params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await _cli.RunAsync(arguments));
        Assert.Equal(error, _cli.Error);
        Assert.Equal("", _cli.Output);
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("version"));
        Assert.Matches(@"^tandem \d+\.\d+\.\d+ \(\.NET .+\)\n$", _cli.Output);
    }

    [Fact]
    public async Task Check_accepts_a_start_that_would_succeed()
    {
        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("check", "--sip-port", "0", "--api-port", "0", "--rtp-port", "24500", "--set", "RTP_PORT_MAX=24599"));
        Assert.Equal("", _cli.Error);
        Assert.False(Directory.Exists(_cli.Folder.At("data")));
    }

    [Fact]
    public async Task Check_names_each_problem_and_exits_1()
    {
        // Free for TCP: a port that a client has just left is not, for a minute.
        using var free = new HeldPort();
        var port = free.Number;
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Any, port));
        _cli.Folder.Write("file", "");
        _cli.Environment["DATA_DIR"] = _cli.Folder.At("file");

        // The test's port may lie inside the default RTP range.
        Assert.Equal(ExitCodes.Failed, await _cli.RunAsync("check", "--sip-port", $"{port}", "--api-port", "0", "--set", "RTP_PORT=1024", "--set", "RTP_PORT_MAX=1123"));

        var lines = _cli.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains($"tandem: SIP_PORT={port}: UDP port {port} is in use by another program; end it or choose another port", lines);
        Assert.Contains($"tandem: DATA_DIR={_cli.Folder.At("file")} cannot be written: {_cli.Folder.At("file")} is a file", lines);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task Check_warns_of_a_lab_without_authentication()
    {
        _cli.Environment["ENABLE_AUTH"] = "false";

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("check", "--sip-port", "0", "--api-port", "0"));
        Assert.StartsWith("tandem: warning: ENABLE_AUTH=false:", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_shows_values_and_places_and_no_secret()
    {
        _cli.Environment["AUTH_SECRET"] = "hush-hush";
        _cli.Folder.Write(".env", "EXT_MAX=120");

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("config", "--json"));
        Assert.Contains("\"name\": \"EXT_MAX\",\n    \"value\": \"120\",\n    \"origin\": \".env line 1\"", _cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Done, await _cli.RunAsync("config"));
        Assert.Matches("(?m)^AUTH_SECRET +\\*\\*\\*   \\(the environment\\)$", _cli.Output);
    }
}
