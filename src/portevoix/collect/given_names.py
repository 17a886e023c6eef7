"""Given names common in France and in English-speaking countries: enough to see that a pair of capitals is a person."""

GIVEN_NAMES = frozenset(
    """
Adam Adèle Adeline Adrien Agathe Agnès Ahmed Alain Alan Alban Albert Alex Alexandra Alexandre Alexis Ali Alice Aline Alison
Amandine Amélie Amina Amy Anaïs André Andréa Andrew Angela Angélique Anissa Anita Ann Anna Anne Annie Anthony Antoine Ariane
Arnaud Arthur Assia Aude Audrey Aurélie Aurélien Aurore Axel Aziz Baptiste Barbara Bastien Béatrice Benjamin Benoît Bernadette
Bernard Bertrand Bilal Brian Brigitte Bruno Camille Carine Carl Carole Caroline Catherine Cathy Cécile Cédric Céline Chantal
Charles Charlotte Chloé Chris Christelle Christian Christiane Christine Christophe Christopher Claude Claudine Clément
Clémence Clara Colette Coralie Corinne Cynthia Cyril Damien Daniel Danielle David Deborah Denis Denise Diane Didier Dominique
Donald Doris Dorothée Edith Édouard Edward Élodie Élisabeth Elizabeth Élise Éléonore Emily Emma Emmanuel Emmanuelle Éric Erica
Estelle Esther Étienne Eugénie Eva Évelyne Fabien Fabienne Fabrice Farid Fatima Fatou Ferdinand Flora Florence Florent Florian
Francine Francis Franck François Françoise Frank Frédéric Frédérique Gabriel Gaël Gaëlle Gary Geneviève George Georges Gérald
Gérard Géraldine Ghislaine Gilbert Gilles Gisèle Grégory Guillaume Gustave Guy Hakim Hamid Harry Hassan Heather Helen Hélène
Henri Henry Hervé Huguette Hugo Ibrahim Inès Irène Isabelle Ismaël Jack Jacqueline Jacques James Jamila Jane Janine Jason Jean
Jean-Baptiste Jean-Claude Jean-François Jean-Jacques Jean-Louis Jean-Luc Jean-Marc Jean-Marie Jean-Michel Jean-Paul Jean-Philippe
Jean-Pierre Jeanne Jeannine Jennifer Jérémy Jérôme Jessica Jim Joëlle John Jonathan Joseph Josiane Josette Joshua Juan Judith
Jules Julia Julie Julien Juliette Justine Kamel Karen Karim Karima Karine Kate Katherine Kathy Keith Kelly Ken Kenneth Kevin
Khadija Khaled Kim Laetitia Larry Laura Laure Laurence Laurent Léa Leïla Léo Léon Leslie Liliane Linda Lisa Lola Louis Louise
Luc Lucas Lucie Lucien Ludovic Lydia Lydie Mamadou Madeleine Magali Malika Manon Manuel Marc Marcel Marco Margaret Marguerite
Maria Marianne Marie Marie-Claude Marie-Christine Marie-France Marie-Thérèse Marina Marine Marion Marjorie Marlène Martine
Mary Maryse Mathieu Mathilde Matthew Matthieu Maud Maurice Maxime Mehdi Mélanie Mélissa Michael Michaël Michel Michèle
Micheline Michelle Mike Mireille Mohamed Mohammed Monique Morgane Mounir Moussa Muriel Mustapha Myriam Nadège Nadia Nadine
Nancy Naïma Natacha Natasha Nathalie Nathan Nicholas Nicolas Nicole Nina Noah Noémie Nora Odette Odile Olga Oliver Olivia
Olivier Omar Oscar Pascal Pascale Patrice Patricia Patrick Paul Paula Paulette Pauline Peter Philip Philippe Pierre Pierrette
Rachel Rachid Ralph Raphaël Raymond Rebecca Régine Régis Rémi Rémy Renaud René Renée Richard Robert Roger Roland Romain Roman
Ronald Rosa Roxane Ruth Ryan Sabine Sabrina Saïd Salim Sally Salma Samantha Sami Samir Samira Samuel Sandra Sandrine Sara Sarah
Sébastien Serge Séverine Sharon Simon Simone Sofia Solange Sonia Sophia Sophie Stéphane Stéphanie Stephen Steven Stuart Susan
Suzanne Suzie Sylvain Sylvette Sylviane Sylvie Tania Tanguy Tarek Teresa Théo Théodore Thérèse Thierry Thomas Tim Timothée
Timothy Tony Valentin Valentine Valérie Vanessa Véronique Victor Victoria Vincent Virginie Walter Wendy Wilfried William
Xavier Yann Yannick Yasmina Yassine Yolande Youssef Yves Yvette Yvonne Zoé Zohra
""".split()
)
