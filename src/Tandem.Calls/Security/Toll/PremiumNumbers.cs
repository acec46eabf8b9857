namespace Tandem.Calls.Security.Toll;

/// <summary>
/// Numbers that pay the one who is called: premium services, satellites, international networks. Most frauds end at one of them, so
/// each is closed until a rule set opens it.
/// </summary>
public static class PremiumNumbers
{
    private const string Table = """
        870 878 881 882 883 888 979 991 808
        1900 1976 1809976
        279 2786 27862
        30901 30909 3090
        31900 31906 31909 3184 3187
        32900 32901 32902 32903 32904 32905 32906 32907 32908 32909 3270 3277 3278
        3389 33899
        34803 34806 34807 34905 34907 3411
        351607 351608 351646 35176 351760 351761 351762
        35215 352905 352906
        3531515 3531520 353151 353152 353153 353154 353155 353156 353157 353158 353159
        354901 354902 354903 354904 354905 354906 354907 354908 354909
        358600 358606 358700 35870
        35990
        3690 3691
        370900 371900 371901 371902 371903 371904 371905 372900 37290
        380900 38570 38560 38560 386890 38690
        39144 39166 39178 39199 39892 39894 39895 39899
        40900 40901 40903 40906
        41900 41901 41906
        420900 420906 420908 420909 42190 421900
        423900 423901 423906
        43900 43901 43930 43931 43939
        449 44871 44872 44873 44901 44905 44906 44907 44908 44909 44911 44912 44913 44914 44918 44982 44983 44984 4470
        4590
        46900 46939 46944
        47820 47829
        48300 48400 48701 48703 48704 48708 4870
        49137 49900 49901 49902 49903 49904 49905 49118 4918
        5290 52900
        54600 54609
        550300 55900 550900
        60600
        61190 61191
        62809
        64900
        65190 651900
        661900
        7803 7809 7806
        81990 810990 81570
        82060 820600
        85290
        901900 90900
        972190
        """;

    private static readonly PrefixMap<bool> Prefixes = new(
        Table.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(prefix => KeyValuePair.Create(prefix, true)));

    /// <summary>Length of the premium prefix that a number has; 0 for an ordinary number.</summary>
    /// <param name="digits">The number without its plus sign.</param>
    public static int Fit(ReadOnlySpan<char> digits) => Prefixes.TryFind(digits, out _, out var length) ? length : 0;
}
