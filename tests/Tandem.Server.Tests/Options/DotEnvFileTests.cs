namespace Tandem.Server.Options;

public sealed class DotEnvFileTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("  A = 1  ", "1")]
    [InlineData("export A=1", "1")]
    [InlineData("A=", "")]
    [InlineData("A=# nothing", "")]
    [InlineData("A=a#b", "a#b")]
    [InlineData("A=a # comment", "a")]
    [InlineData("A=a=b", "a=b")]
    [InlineData("A='a # b' # c", "a # b")]
    [InlineData("A='a\\n'", "a\\n")]
    [InlineData("A=\"a # \\\"b\\\"\\n\"", "a # \"b\"\n")]
    [InlineData("A=\"\"", "")]
    [InlineData("\uFEFFA=1\r", "1")]
    public void A_line_gives_its_value(string line, string value)
    {
        var errors = new List<string>();

        var input = Assert.Single(DotEnvFile.Parse("# first\n\n" + line.TrimStart('\uFEFF'), ".env", errors));

        Assert.Equal(new SettingInput("A", value, ".env line 3"), input);
        Assert.Empty(errors);
        Assert.Equal(value, Assert.Single(DotEnvFile.Parse(line, ".env", errors)).Text);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("=1")]
    [InlineData("A B=1")]
    [InlineData("1A=1")]
    [InlineData("A='x")]
    [InlineData("A=\"x")]
    [InlineData("A=\"x\\")]
    [InlineData("A='x' y")]
    [InlineData("A=\"x\" y")]
    public void A_line_that_cannot_be_read_is_named_without_its_text(string line)
    {
        var errors = new List<string>();

        Assert.Equal([new SettingInput("B", "2", ".env line 2")], DotEnvFile.Parse(line + "\nB=2", ".env", errors));
        Assert.Equal([".env line 1 is not accepted: NAME=VALUE, a value with spaces or # in quotes"], errors);
    }
}
