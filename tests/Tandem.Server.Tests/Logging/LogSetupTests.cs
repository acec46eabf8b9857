using System.Text.Json;
using Serilog;
using Serilog.Context;
using Serilog.Events;
using Tandem.Server.Options;

namespace Tandem.Server.Logging;

public sealed class LogSetupTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_is_a_JSON_object_as_document_5_has_it()
    {
        using (var log = LogSetup.Create(new LogOptions { File = _folder.At("logs/sip-server.log") }, TextWriter.Null))
        {
            using var context = LogContext.PushProperty("callId", "01J");
            log.ForContext("SourceContext", "Tandem.Media.Relay.RelayShard").Information("Port {Port} for {Who:l}\r\n", 10_000, "\u001b[31m");
        }

        var line = Assert.Single(File.ReadAllLines(_folder.At("logs/sip-server.log")));
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(["timestamp", "level", "message", "service", "component", "port", "who", "callId"], json.EnumerateObject().Select(p => p.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", json.GetProperty("timestamp").GetString());
        Assert.Equal("info", json.GetProperty("level").GetString());
        Assert.Equal("sip-server", json.GetProperty("service").GetString());
        Assert.Equal("rtp", json.GetProperty("component").GetString());
        Assert.Equal(10_000, json.GetProperty("port").GetInt32());
        Assert.Equal("01J", json.GetProperty("callId").GetString());
        Assert.DoesNotContain('\u001b', line);
    }

    [Theory]
    [InlineData(LogEventLevel.Error, "error", true)]
    [InlineData(LogEventLevel.Fatal, "error", true)]
    [InlineData(LogEventLevel.Warning, "warn", false)]
    [InlineData(LogEventLevel.Information, "info", false)]
    [InlineData(LogEventLevel.Debug, "debug", false)]
    public void Errors_are_in_a_file_of_their_own_as_well(LogEventLevel level, string word, bool isError)
    {
        using (var log = LogSetup.Create(new LogOptions { File = _folder.At("a.log"), Level = LogEventLevel.Debug }, TextWriter.Null))
            log.Write(level, "text");

        Assert.Contains($"\"level\":\"{word}\"", File.ReadAllText(_folder.At("a.log")), StringComparison.Ordinal);
        Assert.Equal(isError ? 1 : 0, File.Exists(_folder.At("error.log")) ? File.ReadAllLines(_folder.At("error.log")).Length : 0);
    }

    [Fact]
    public void Files_roll_at_their_size_and_only_so_many_are_kept()
    {
        using (var log = LogSetup.Create(new LogOptions { File = _folder.At("a.log"), MaxSize = 4_096, MaxFiles = 3 }, TextWriter.Null))
        {
            for (var i = 0; i < 200; i++)
                log.Information("Line {Number} {Filler:l}", i, new string('x', 100));
        }

        var files = Directory.GetFiles(_folder.Path, "a*.log");
        Assert.Equal(3, files.Length);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 4_096 + 400));
        Assert.Contains(files, f => File.ReadAllText(f).Contains("Line 199 ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_worth_a_look_is_one_plain_line_on_the_console()
    {
        using var console = new StringWriter();
        using (var log = LogSetup.Create(new LogOptions { File = _folder.At("a.log") }, console))
        {
            log.Information("quiet");
            log.Warning(new InvalidOperationException("why\n2"), "Something {What:l}", "a\u001bb");
        }

        Assert.Matches(@"^\d\d:\d\d:\d\d warn Something a\\u001Bb: why\\u000A2\n$", console.ToString());
    }

    [Fact]
    public void A_file_that_cannot_be_written_stops_the_start()
    {
        _folder.Write("taken", "");

        Assert.ThrowsAny<IOException>(() => LogSetup.Create(new LogOptions { File = _folder.At("taken/a.log") }, TextWriter.Null));
    }
}
