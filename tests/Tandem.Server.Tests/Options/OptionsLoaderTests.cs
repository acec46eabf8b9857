using Serilog.Events;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Options;

public sealed class OptionsLoaderTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SIP_PORT", "70000", "a whole number from 0 to 65535 (0 for any free port)")]
    [InlineData("SIP_PORT", "-1", "a whole number from 0 to 65535 (0 for any free port)")]
    [InlineData("SIP_PORT", "5060x", "a whole number from 0 to 65535 (0 for any free port)")]
    [InlineData("PORT", "http", "a whole number from 0 to 65535 (0 for any free port)")]
    [InlineData("RTP_PORT", "80", "a whole number from 1024 to 65528")]
    [InlineData("SIP_HOST", "all", "an IP address (0.0.0.0 or :: for all of the machine's)")]
    [InlineData("SERVER_ADDRESS", "0.0.0.0", "an IP address that phones can reach (not 0.0.0.0)")]
    [InlineData("PUBLIC_IP", "sip.example.org", "an IP address that phones can reach (not 0.0.0.0)")]
    [InlineData("EXT_MIN", "1a", "a number of 2 to 9 digits, the first not 0")]
    [InlineData("EXT_MAX", "010", "a number of 2 to 9 digits, the first not 0")]
    [InlineData("ENABLE_AUTH", "maybe", "true or false (also 1/0, yes/no, on/off)")]
    [InlineData("NODE_ENV", "prod", "one of development, production, staging, test")]
    [InlineData("LOG_LEVEL", "loud", "one of error, warn, info, debug")]
    [InlineData("LOG_MAX_SIZE", "10x", "4k to 100g: bytes, or a number with k, m or g")]
    [InlineData("LOG_MAX_SIZE", "1k", "4k to 100g: bytes, or a number with k, m or g")]
    [InlineData("LOG_MAX_FILES", "0", "a whole number from 1 to 10000")]
    [InlineData("RATE_LIMIT_WINDOW", "1", "1000 to 86400000 in milliseconds, or a number with ms, s, m, h or d")]
    [InlineData("DRAIN_GRACE", "2h", "0 to 3600 in seconds, or a number with ms, s, m, h or d")]
    [InlineData("CORS_ORIGINS", "example.org", "origins like https://desk.example.org separated by commas, or *")]
    [InlineData("POSTGRES_URL", "mysql://u:p@h/d", "postgresql://user:password@host:port/database, or Host=...;Database=...", "***")]
    public void A_bad_value_gives_one_line_with_name_value_place_and_what_is_accepted(string name, string text, string accepted, string? shown = null)
    {
        var loaded = Load(environment: new() { [name] = text });

        Assert.Equal([$"{name}={shown ?? text} (the environment) is not accepted: {accepted}"], loaded.Errors);
    }

    [Theory]
    [InlineData("EXT_MIN=200,EXT_MAX=110", "EXT_MAX=110 is not accepted: not below EXT_MIN=200")]
    [InlineData("EXT_MAX=1000", "EXT_MAX=1000 is not accepted: a number with as many digits as EXT_MIN=100")]
    [InlineData("EXT_MIN=10000,EXT_MAX=20000", "EXT_MAX=20000 is not accepted: at most 10000 numbers (EXT_FIRST_MAX) from EXT_MIN=10000 on")]
    [InlineData("RTP_PORT=20000,RTP_PORT_MAX=20006", "RTP_PORT_MAX=20006 is not accepted: at least RTP_PORT + 7 (20007), two calls take eight ports")]
    [InlineData("REGISTRATION_TIMEOUT=60,REGISTRATION_MIN=120", "REGISTRATION_TIMEOUT=60 is not accepted: 120 to 86400 (REGISTRATION_MIN to REGISTRATION_MAX)")]
    [InlineData("REGISTRATION_MIN=3600,REGISTRATION_MAX=60", "REGISTRATION_MIN=3600 is not accepted: not above REGISTRATION_MAX=60")]
    [InlineData("SESSION_EXPIRES=100,MIN_SESSION_EXPIRES=200", "SESSION_EXPIRES=100 is not accepted: not below MIN_SESSION_EXPIRES=200")]
    [InlineData("SIP_PORT=10500", "SIP_PORT=10500 is not accepted: outside RTP_PORT to RTP_PORT_MAX (10000 to 19999)")]
    [InlineData("SIP_PORT=3000", "API_PORT=3000 is not accepted: not the same as SIP_PORT, both use TCP")]
    public void Values_that_do_not_fit_together_are_refused(string assignments, string line)
    {
        var loaded = Load(environment: assignments.Split(',').Select(a => a.Split('=')).ToDictionary(p => p[0], p => p[1]));

        Assert.Equal([line], loaded.Errors);
    }

    [Fact]
    public void Each_source_goes_before_the_one_below_it()
    {
        _folder.Write("appsettings.json", """{ "SIP_PORT": 1, "API_PORT": 1, "EXT_MIN": "101", "LOG_LEVEL": "debug" }""");
        _folder.Write(".env", "SIP_PORT=2\nAPI_PORT=2\nEXT_MIN=102\n");

        var loaded = Load(new() { ["SIP_PORT"] = "3", ["API_PORT"] = "3" }, ("SIP_PORT", "4"));

        Assert.Empty(loaded.Errors);
        Assert.Equal(4, loaded.Options.Server.SipPort);
        Assert.Equal(3, loaded.Options.Server.ApiPort);
        Assert.Equal("102", loaded.Options.Server.ExtMin);
        Assert.Equal(LogEventLevel.Debug, loaded.Options.Log.Level);
        Assert.Equal("110", loaded.Options.Server.ExtMax);
        Assert.Equal(".env line 3", loaded.Origins[OptionsCatalog.Find("EXT_MIN")!]);
    }

    [Theory]
    [InlineData("PORT", "3100", "API_PORT", "3000", 3000, "PORT (the environment) is not used: API_PORT is set as well")]
    [InlineData("PORT", "3100", "API_PORT", "", 3100, null)]
    [InlineData("PORT", "3100", "API_PORT", "3100", 3100, null)]
    public void The_first_name_goes_before_its_alias_within_a_source(string alias, string aliasText, string name, string text, int port, string? warning)
    {
        var loaded = Load(new() { [alias] = aliasText, [name] = text });

        Assert.Equal(port, loaded.Options.Server.ApiPort);
        Assert.Equal(warning is null ? [] : [warning], loaded.Warnings);
    }

    [Fact]
    public void An_alias_in_a_higher_source_goes_before_the_name_in_a_lower_one()
    {
        _folder.Write(".env", "API_PORT=3000");

        Assert.Equal(8080, Load(new() { ["PORT"] = "8080" }).Options.Server.ApiPort);
    }

    [Fact]
    public void Every_known_name_without_effect_is_accepted_with_one_warning()
    {
        var loaded = Load(OptionsCatalog.Later.ToDictionary(l => l.Name, _ => "something"));

        Assert.Empty(loaded.Errors);
        Assert.Equal(OptionsCatalog.Later.Select(l => $"{l.Name} (the environment) {l.Why}"), loaded.Warnings);
    }

    [Fact]
    public void An_unknown_name_is_a_warning_in_a_file_and_an_error_on_the_command_line()
    {
        _folder.Write(".env", "SIP_PROT=5070");

        Assert.Equal(["SIP_PROT (.env line 1) is no setting: `tandem config` lists all"], Load([]).Warnings);
        Assert.Equal(["SIP_PROT (the command line) is no setting: `tandem config` lists all"], Load([], ("SIP_PROT", "1")).Errors);
    }

    [Fact]
    public void A_secret_is_never_shown()
    {
        var loaded = Load(new() { ["AUTH_SECRET"] = new string('x', 200), ["SIP_PORT"] = "0" });

        Assert.Equal(["AUTH_SECRET=*** (the environment) is not accepted: 1 to 128 characters"], loaded.Errors);
        Assert.Equal("***", OptionsCatalog.Find("AUTH_SECRET")!.Format(Load(new() { ["AUTH_SECRET"] = "hush" }).Options));
    }

    [Fact]
    public void Control_characters_in_a_bad_value_do_not_reach_the_terminal()
    {
        var loaded = Load(new() { ["SIP_PORT"] = "1\u001b[2J" });

        Assert.StartsWith("SIP_PORT=1\\u001B[2J (the environment)", Assert.Single(loaded.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DRAIN_GRACE", "5", 5_000)]
    [InlineData("DRAIN_GRACE", "1500ms", 1_500)]
    [InlineData("DRAIN_GRACE", "2m", 120_000)]
    [InlineData("RATE_LIMIT_WINDOW", "60000", 60_000)]
    [InlineData("RATE_LIMIT_WINDOW", "1h", 3_600_000)]
    public void A_bare_number_is_in_the_unit_of_the_setting(string name, string text, int milliseconds)
    {
        var options = Load(new() { [name] = text }).Options;

        Assert.Equal(milliseconds, (name == "DRAIN_GRACE" ? options.Server.DrainGrace : options.Http.RateLimitWindow).TotalMilliseconds);
    }

    [Fact]
    public void The_defaults_are_those_of_the_documents()
    {
        var options = Load([]).Options;

        Assert.Equal(("Development", 5060, 3000, 10_000, 19_999), (options.Server.Environment, options.Server.SipPort, options.Server.ApiPort, options.Server.RtpPort, options.Server.LastRtpPort));
        Assert.Equal(("100", "110", "./data", true), (options.Server.ExtMin, options.Server.ExtMax, options.Server.DataDirectory, options.Server.EnableAuth));
        Assert.Equal(("./logs/sip-server.log", 10_485_760L, 5), (options.Log.File, options.Log.MaxSize, options.Log.MaxFiles));
        Assert.Equal((900_000d, 100), (options.Http.RateLimitWindow.TotalMilliseconds, options.Http.RateLimitMax));
    }

    [Fact]
    public void The_rooms_get_what_follows_from_the_settings_of_the_installation()
    {
        var options = Load(new() { ["EXT_MIN"] = "200", ["EXT_MAX"] = "299", ["ENABLE_AUTH"] = "no", ["RTP_PORT"] = "30000", ["RTP_HOST"] = "192.0.2.1" }).Options;

        Assert.Equal((200, 299), (options.Calls.FirstExtension, options.Calls.LastExtension));
        Assert.True(ExtensionNumbers.IsAccepted(options, TenantId.Default, "299"));
        Assert.False(ExtensionNumbers.IsAccepted(options, TenantId.Default, "300"));
        Assert.False(options.Security.RequireCredentials);
        Assert.Equal((30_000, 39_999, "192.0.2.1:0"), (options.Media.RtpPort, options.Media.RtpPortMax, options.Media.BindV4.ToString()));
    }

    private LoadedOptions Load(Dictionary<string, string> environment, params (string Name, string Text)[] commandLine) =>
        OptionsLoader.Load(new OptionsSources(
            _folder.Path, environment, [.. commandLine.Select(c => new SettingInput(c.Name, c.Text, "the command line"))]));
}
