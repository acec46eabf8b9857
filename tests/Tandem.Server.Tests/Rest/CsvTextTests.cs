using System.Text;

namespace Tandem.Server.Rest;

/// <summary>RFC 4180 §2, and what spreadsheets take for formulas.</summary>
public sealed class CsvTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49", "'+49")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("1=1", "1=1")]
    public void A_field_is_quoted_where_it_must_be_and_is_no_formula(string field, string expected)
    {
        var text = new StringBuilder();
        CsvText.AppendLine(text, "x", field, null);
        Assert.Equal($"x,{expected},\r\n", text.ToString());
    }
}
