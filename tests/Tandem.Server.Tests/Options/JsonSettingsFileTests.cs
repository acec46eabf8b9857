namespace Tandem.Server.Options;

public sealed class JsonSettingsFileTests
{
    [Fact]
    public void Names_stand_at_the_top_or_in_an_object_of_ours_and_other_objects_are_passed_over()
    {
        const string text =
            """
            { // a comment
              "SIP_PORT": 5070, "ENABLE_AUTH": false, "EXT_MIN": "100", "CORS_ORIGINS": ["http://a", "http://b"], "AUTH_SECRET": null,
              "Logging": { "LogLevel": { "Default": "Information" } },
              "Tandem": { "RTP_PORT": 20000 },
            }
            """;
        var errors = new List<string>();

        var inputs = JsonSettingsFile.Parse(text, "appsettings.json", errors);

        Assert.Empty(errors);
        Assert.Equal(
            [("SIP_PORT", "5070"), ("ENABLE_AUTH", "false"), ("EXT_MIN", "100"), ("CORS_ORIGINS", "http://a,http://b"), ("AUTH_SECRET", ""), ("RTP_PORT", "20000")],
            inputs.Select(i => (i.Name, i.Text)));
    }

    [Theory]
    [InlineData("[]", "appsettings.json is not accepted: one JSON object")]
    [InlineData("{\n\"SIP_PORT\": }", "appsettings.json line 2 is not accepted: JSON")]
    [InlineData("", "appsettings.json line 1 is not accepted: JSON")]
    [InlineData("{\"Tandem\":{\"SIP_PORT\":{}}}", "SIP_PORT in appsettings.json is not accepted: a text, number, true, false or list")]
    public void What_cannot_be_read_gives_one_line(string text, string line)
    {
        var errors = new List<string>();

        Assert.Empty(JsonSettingsFile.Parse(text, "appsettings.json", errors));
        Assert.Equal([line], errors);
    }
}
